"""One network as bars from left to right; a click on a block opens it, another one folds it again."""

import itertools

from convlens.history.architectures import Architecture
from convlens.history.silhouette import COLOURS, blocks, silhouette
from convlens.panel import Part, Sends


def bars(of: Architecture, opened: str, told: dict[str, str]) -> Part:
    """A click sets "block".

    Args:
        opened: the block whose layers are drawn; "" for none.
        told: the name of a bar → what is said of it.
    """
    drawn = sorted(silhouette(of, opened), key=lambda bar: bar.column)
    columns = [
        [
            {
                "name": bar.name,
                "kind": bar.kind,
                "wide": round(bar.wide, 2),
                "rows": bar.rows,
                "block": bar.block,
                "told": told[bar.name],
            }
            for bar in column
        ]
        for _, column in itertools.groupby(drawn, key=lambda bar: bar.column)
    ]
    data = {"columns": columns, "opened": opened, "colours": COLOURS, "tall": of.rows, "title": of.title}
    return Part("blocks", "blocks", data, {"block": Sends(("block",), ({"", *blocks(of)},))})
