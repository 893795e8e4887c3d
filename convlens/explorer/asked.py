"""What the Explorer asks of a View, remembered."""

from convlens.drawing.scales import Scale
from convlens.explorer import book as explained
from convlens.explorer import jobs
from convlens.explorer.book import Book
from convlens.explorer.overview import Sheet
from convlens.networks.card import ModelCard
from convlens.slices.view import View, asked, of_networks
from convlens.work import memory


def sheets(view: View, shown: str, scope: str) -> tuple[dict[str, Sheet], dict[str, Scale], dict[str, int]]:
    """Every layer's maps as one small picture, its own scale, its strongest map; see ``jobs.sheets``."""
    return view.ask(jobs.sheets, view.gains, shown, scope)


def book(view: View, scales: dict[str, Scale], maps: dict) -> Book:
    """The numbers that explain every unit of the layers that there are ``maps`` of; ``scales`` and ``maps`` follow from the View."""

    def make() -> Book:
        before = {
            layer.name: memory.run(
                jobs.before_activation, view.card.name, layer.name, {n: maps[n] for n in layer.inputs}
            )
            for layer in view.layers
            if explained.needs_all_sums(layer) and {layer.name, *layer.inputs} <= maps.keys()
        }
        return explained.book(view.layers, scales, maps, before)

    return asked((view,), make, "book", view.cuts, tuple(maps))


def edges(card: ModelCard) -> tuple[bytes, dict[str, dict]]:
    """The strongest connections of every unit."""
    return of_networks(jobs.edges, card)
