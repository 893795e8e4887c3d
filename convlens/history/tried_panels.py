"""The panels of what was new, tried on digits: skip connections and batch normalisation by depth, gradients at the start, activations."""

from dataclasses import dataclass

from convlens import panel
from convlens.drawing import plots
from convlens.drawing.colours import DIGIT_COLOURS
from convlens.history import snippets
from convlens.networks.experiments import (
    ACTIVATIONS,
    ARMS,
    BATCH,
    EPOCHS,
    MOMENTUM,
    RATES,
    SEEDS,
    SKIPS,
    Arm,
    Found,
    Trained,
    recorded,
)
from convlens.panel import Beside, Chart, Panel
from convlens.pictures import digits
from convlens.text import counted, listed, number, percent, span

DEPTHS = {20: DIGIT_COLOURS[0], 56: DIGIT_COLOURS[3]}
KINDS = {  # (skips, norm) → what it is called, its colour
    (False, False): ("neither", DIGIT_COLOURS[0]),
    (False, True): ("batch normalisation", DIGIT_COLOURS[1]),
    (True, False): ("skip connections", DIGIT_COLOURS[2]),
    (True, True): ("both", DIGIT_COLOURS[3]),
}
CALLED = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
RIGHT = "right on the training pictures"
SIZE = "size of the gradient"
HEALTHY = 100.0  # a gradient that grows by more from the last layer to the first is spoken of
WORSE = 0.05  # a share of right answers that is smaller by so much in every run is called worse
LEARNED = 0.75  # of the training pictures: where Krizhevsky et al. look how fast it was


@dataclass(frozen=True)
class Tried:
    """What is seen of the experiments: each network at its best rate, or all at one rate."""

    rate: str = "best"

    def of(self, arm: Arm) -> Found:
        return recorded()[arm]

    def runs(self, arm: Arm) -> tuple[Trained, ...]:
        """Those that are shown: with each first weights at the best rate."""
        found = self.of(arm)
        return found.again if self.rate == "best" else tuple(run for run in found.runs if run.rate == float(self.rate))

    def series(self, arms: dict[str, tuple[Arm, str]]) -> list[tuple[str, str, list[tuple[float, ...]]]]:
        """For ``plots.over_epochs``; ``arms``: title → arm and colour."""
        found = []
        for title, (arm, colour) in arms.items():
            runs = self.runs(arm)
            broke = " (broke off)" if all(run.broke for run in runs) else ""
            found.append((f"{title}, rate {runs[0].rate:g}{broke}", colour, [run.right for run in runs]))
        return found

    def ends(self, arm: Arm) -> str:
        """What becomes of its runs: "end at 98 % to 100 %", of the training pictures that are answered rightly."""
        runs = self.runs(arm)
        ends = [run.right[-1] for run in runs if not run.broke]
        if not ends:
            return "break off, the loss being no number any more"
        gone = len(runs) - len(ends)
        return f"end at {span(percent(min(ends)), percent(max(ends)))}" + (f" ({gone} of {len(runs)} broke off)" if gone else "")  # fmt: skip

    def is_worse(self, one: Arm, other: Arm) -> bool:
        """Whether each run of one ended with fewer right answers than each of the other, clearly; only of the best rates."""
        ones, others = self.runs(one), self.runs(other)
        if self.rate != "best" or any(run.broke for run in (*ones, *others)):
            return False
        return max(run.right[-1] for run in ones) < min(run.right[-1] for run in others) - WORSE


def skips(of: Tried) -> Panel:
    """Skip connections × batch normalisation, at two depths."""
    grid = tuple(
        plots.over_epochs(of.series({f"{depth} layers": (_arm(depth, *kind), colour) for depth, colour in DEPTHS.items()}), EPOCHS, RIGHT, title.capitalize())
        for kind, (title, _) in KINDS.items()
    )  # fmt: skip
    shallow, deep, both = _arm(20, False, True), _arm(56, False, True), _arm(56, True, True)
    is_worse = of.is_worse(deep, shallow)
    worse = " Deeper is worse there, on the very pictures that it learned from: that is no overfitting." * is_worse
    saw = "saw, at 0.1 and then less"
    if of.rate == "best":
        as_there = is_worse and not of.is_worse(both, _arm(20, True, True))
        saw = "saw the same" if as_there else "saw what is not seen here"
    return Panel(
        "tried-skips",
        "Skip connections and batch normalisation, with 20 layers and with 56",
        (Beside(tuple(Chart(plot, f"{plot.title}: share of right answers while 20 and 56 layers learn") for plot in grid)),),
        f"With batch normalisation alone 20 layers {of.ends(shallow)}, 56 {of.ends(deep)}.{worse} With skip connections as well, 56 layers "
        f"{of.ends(both)}; with those alone they {of.ends(_arm(56, True, False))}, with neither they {of.ends(_arm(56, False, False))}.",
        f"{_setting(of)}{_edge(of)} The networks are those of section 4.2 of He et al. (2016) with half as many filters, on 8 × 8 values instead of 32 × 32, without weight decay, a "
        f"schedule, shifts or flips. They trained on CIFAR-10, always with batch normalisation, and {saw}: without skips 56 layers have a larger training error than 20, with skips not.",
        downloads=(panel.table("convlens-skips", _curves, SKIPS),),
        code=snippets.trained(both, of.runs(both)[0]),
    )  # fmt: skip


def gradients(of: Tried) -> Panel:
    """How large the gradients are before anything is learned."""
    drawn = tuple(
        plots.over_layers([(title, colour, of.of(_arm(depth, *kind)).gradients) for kind, (title, colour) in KINDS.items()], SIZE, f"{depth} layers")
        for depth in DEPTHS
    )  # fmt: skip
    ends = [
        f"{number(found[0])} and {number(found[-1])} with {title}"
        for kind, (title, _) in KINDS.items()
        for found in [of.of(_arm(56, *kind)).gradients]
    ]
    return Panel(
        "tried-gradients",
        "The gradients that these networks begin with",
        (Beside(tuple(Chart(plot, f"{plot.title}: size of the gradient in each convolution") for plot in drawn)),),
        f"In the first and in the last of 55 convolutions a weight's gradient has the size {', '.join(ends[:-1])}, {ends[-1]}.",
        "The root mean square of the gradients of a convolution's weights before the first update, for the first 128 pictures. He et al. found that with batch normalisation the "
        "gradients of their plain networks for ImageNet, of 18 and 34 layers, have “healthy norms”, and argue that vanishing is unlikely to be what makes deep ones hard to train; "
        f"they conjecture that those may converge exponentially slowly.{_grow(of)}",
        downloads=(panel.table("convlens-gradients", _gradients, ARMS),),
        code=snippets.gradients(_arm(56, False, True)),
    )  # fmt: skip


def activations(of: Tried) -> Panel:
    """Sigmoid, tanh, ReLU in one network of eight layers."""
    colours = dict(zip(ACTIVATIONS, DIGIT_COLOURS[:3], strict=True))
    learned = plots.over_epochs(of.series({CALLED[arm.activation]: (arm, colour) for arm, colour in colours.items()}), EPOCHS, RIGHT, "While they learn")  # fmt: skip
    begun = plots.over_layers([(CALLED[arm.activation], colour, of.of(arm).gradients) for arm, colour in colours.items()], SIZE, "Before the first update")  # fmt: skip
    sigmoid, tanh, relu = ACTIVATIONS
    first, last = of.of(sigmoid).gradients[0], of.of(sigmoid).gradients[-1]
    return Panel(
        "tried-activations",
        "Sigmoid against tanh and ReLU, in a network of eight layers",
        (
            Beside(
                (
                    Chart(learned, "Share of right answers while the three networks learn"),
                    Chart(begun, "Size of the gradient in each convolution"),
                )
            ),
        ),
        f"The networks with sigmoids {of.ends(sigmoid)}, with tanh they {of.ends(tanh)}, with ReLU they {of.ends(relu)}. Epochs until 25 % training error: tanh {_soon(of, tanh)}, "
        f"ReLU {_soon(of, relu)}. Before the first update the sigmoids' gradient is {number(last)} in the last of seven convolutions and {number(first)} in the first: on "
        "the way back each sigmoid multiplies it by its slope, 1/4 at most, and by the weights.",
        f"{_setting(of)} First weights as they fit the activation: He's for ReLU, Glorot's for the others. AlexNet's authors compared ReLU with tanh: on CIFAR-10 their network of "
        "four layers came to 25 % training error six times as fast with ReLU (Krizhevsky et al. 2012, figure 1). Small pictures and rates that are chosen by the last loss, not by "
        "speed, are another trial.",
        downloads=(panel.table("convlens-activations", _curves, ACTIVATIONS),),
        code=snippets.trained(relu, of.runs(relu)[0]),
    )  # fmt: skip


def _arm(depth: int, skips: bool, norm: bool) -> Arm:
    return Arm(depth, skips=skips, norm=norm)


def _grow(of: Tried) -> str:
    """How the gradients of the plain deep network with batch normalisation change on the way back, where that is not little."""
    first, *_, last = of.of(_arm(56, False, True)).gradients
    return f" Here, before anything is learned, they grow {number(first / last)}-fold from the last of 55 convolutions to the first." if first > HEALTHY * last else ""  # fmt: skip


def _edge(of: Tried) -> str:
    """Which networks might do better with a rate that was not tried."""
    if of.rate != "best":
        return ""
    found = [
        f"{arm.depth} layers with {KINDS[arm.skips, arm.norm][0]}"
        for arm in SKIPS
        if of.of(arm).best.rate in (RATES[0], RATES[-1])
    ]
    return (
        f" Of {' and '.join(found)} the best rate is the smallest or the largest that was tried: another one may be better."
        if found
        else ""
    )


def _soon(of: Tried, arm: Arm) -> str:
    """After how many epochs each run answers ``LEARNED`` of the training pictures rightly: "3, 4 and never"."""
    found = [next((str(epoch) for epoch, right in enumerate(run.right) if right >= LEARNED), "never") for run in of.runs(arm)]  # fmt: skip
    return listed(found)


def _setting(of: Tried) -> str:
    pictures, seeds = len(digits.split().train), counted(len(SEEDS))
    common = (
        f"On scikit-learn's first {pictures:,} digits, {EPOCHS} epochs in batches of {BATCH}, SGD with a momentum of {MOMENTUM:g}. Measured in inference mode, where batch "
        "normalisation takes its running means, which may lag behind."
    )  # fmt: skip
    if of.rate != "best":
        return f"{common} All have the learning rate {of.rate}; where it is a network's best one, {seeds} lines are {seeds} first weights. A line that ends broke off."
    return (
        f"{common} Of {counted(len(RATES))} learning rates, {RATES[0]:g} to {RATES[-1]:g}, each network has the one with the smallest training loss at the end; its {seeds} lines "
        f"are {seeds} first weights. A line that ends broke off: the loss was no number any more."
    )  # fmt: skip


def _curves(arms: tuple[Arm, ...]) -> tuple:
    head = ["layers", "activation", "skip connections", "batch normalisation", "rate", "first weights", "epoch", "training loss", "training right", "held out right"]  # fmt: skip
    rows = [
        (*_head(arm), run.rate, run.seed, epoch, *seen)
        for arm in arms
        for run in recorded()[arm].runs
        for epoch, seen in enumerate(zip(run.loss, run.right, run.held_out, strict=True))
    ]
    return head, *zip(*rows, strict=True)


def _gradients(arms: tuple[Arm, ...]) -> tuple:
    head = ["layers", "activation", "skip connections", "batch normalisation", "convolution", "gradient"]
    rows = [(*_head(arm), at, each) for arm in arms for at, each in enumerate(recorded()[arm].gradients, 1)]
    return head, *zip(*rows, strict=True)


def _head(arm: Arm) -> tuple:
    return arm.depth, arm.activation, int(arm.skips), int(arm.norm)
