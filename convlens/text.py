"""Numbers and names as the visitor reads them: three significant digits, a proper minus, nothing taken for markup."""

import re

AN = re.compile(r"(?i)(?!uni[^nm]|eu|one\b)[aeiou]|hour|8|11$|18$")  # what begins so is spoken with a vowel
JOINER = "\u2060"
UNBROKEN = "\u00a0"  # a space at which no line ends
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, figures: int = 3) -> str:
    """Three significant digits, or more, trailing zeros dropped: 0.0713, −140, 12.5, 1,024."""
    value = float(value)
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        text = f"{value:,.0f}"
    elif abs(value) < 0.0001:
        digits, exponent = f"{value:.{figures - 1}e}".split("e")
        text = f"{digits} × 10{str(int(exponent)).translate(SUPERSCRIPT)}"
    else:
        digits = f"{value:.{figures}g}"
        text = f"{float(digits):.{5 + figures}f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def figures_apart(one: float, other: float) -> int:
    """How many digits ``number`` needs so that two numbers differ as written as they do, to a fiftieth of it; eight at most."""
    apart = one - other
    told = ((figures, float(f"{one:.{figures}g}") - float(f"{other:.{figures}g}")) for figures in range(3, 8))
    return next((figures for figures, written in told if abs(written - apart) <= abs(apart) / 50), 8)


def percent(share: float) -> str:
    """A share in [0, 1] as per cent: 86 %, 0.4 %, under 0.1 %; −67 % of what is none."""
    if share < 0:
        return f"−{percent(-share)}"
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    if share < 0.0995 or 0.995 <= share < 1:
        return f"{100 * share:.1f} %" if share else "0 %"
    return f"{100 * share:.0f} %"


def size(shape: tuple[int, ...]) -> str:
    """32 × 32 × 16"""
    return " × ".join(f"{n:,}" for n in shape)


def plain(text: str) -> str:
    """For Markdown: as it stands. Names and labels come from files and links, and may look like links or pictures.

    An invisible joiner keeps addresses from becoming links, which no backslash would; a number keeps its % on its line.
    """
    text = re.sub(r"(?<=\d) %", f"{UNBROKEN}%", text)
    text = re.sub(r"(?i)(?<=https)(?=://)|(?<=http)(?=://)|(?<=www)(?=\.)|(?=@)", JOINER, text)
    return re.sub(r"([\\`*_{}\[\]()<>#+\-!|~:$&])", r"\\\1", text)


def a(word: str) -> str:
    """With its article: a frog, an airplane, a 3, an 8."""
    return f"{'an' if AN.match(word) else 'a'} {word}"


WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def begun(text: str) -> str:
    """As a sentence begins: with its first letter large."""
    return text[:1].upper() + text[1:]


def counted(n: int) -> str:
    """A number as a word, as far as twelve: no, one, …, twelve, 13, …, 1,000."""
    return WORDS[n] if n < len(WORDS) else f"{n:,}"


def listed(words: list[str]) -> str:
    """One after the other: 2; 2 and 8; 2, 8 and 32."""
    return " and ".join([", ".join(words[:-1])] * (len(words) > 1) + words[-1:])


def span(least: str, most: str) -> str:
    """From one to the other, where they differ: 98 % to 100 %."""
    return least if least == most else f"{least} to {most}"


def spanned(shares: list[float]) -> str:
    """From the least of some shares to the largest: 98 % to 99.6 %."""
    return span(percent(min(shares)), percent(max(shares)))


def updates(count: int) -> str:
    """How many times a network has been updated: 1 update, 2,048 updates."""
    return f"{count:,} update{'s' * (count != 1)}"
