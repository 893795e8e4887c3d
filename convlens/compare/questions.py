"""Who is right? A question to predict."""

from convlens.compare.pair import Pair
from convlens.networks.answers import top
from convlens.panel import Option, Question, signature
from convlens.text import a

NAMES = ("neither", "first", "second", "both")


def who_is_right(pair: Pair) -> Question | str:
    """Or why that cannot be asked."""
    if pair.truth is None:
        return f"none of their classes is called {pair.label}" if pair.label else "its class is not known"
    right = [top(pair.labels, p)[0] == pair.truth for p in pair.answers]
    titles = ("Neither", *(f"{title} only" for title in pair.titles), "Both")
    options = tuple(Option(name, title) for name, title in zip(NAMES, titles, strict=True))
    truth = NAMES[right[0] + 2 * right[1]]
    asked = f"It is {a(pair.truth)}. Which of the two says so?"
    told = f"It is: {titles[NAMES.index(truth)]}."
    return Question(signature("compare", *(view.key for view in pair.views)), asked, options, truth, told)
