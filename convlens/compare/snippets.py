"""*The code* of two networks beside each other."""

from convlens.pictures.snippets import beginning
from convlens.slices.snippets import Network, as_given, to_maps

ENTROPY = """
def entropy(values):
    values = values.astype(float)
    p = np.histogram(values, bins={bins})[0] / values.size  # equal bins from the smallest to the largest value
    return -(p[p > 0] * np.log2(p[p > 0])).sum()

both = []
"""


def _both(networks: tuple[Network, Network], how: str, at: float, bins: int) -> str:
    code = beginning("keras") + ENTROPY.format(bins=bins)
    for network in networks:
        code += "\n" + as_given(network, how, at) + to_maps(network) + "both.append((seen, maps))\n"
    return code


def information(networks: tuple[Network, Network], name: str, how: str, at: float, bins: int) -> str:
    return (
        _both(networks, how, at, bins)
        + f"""
gained = [entropy(seen) - entropy(maps["{name}"]) for seen, maps in both]
print(gained)
"""
    )


def curves(networks: tuple[Network, Network], how: str, at: float, bins: int) -> str:
    return (
        _both(networks, how, at, bins)
        + """
first, second = (maps for _, maps in both)
names = [n for n in first if n in second and first[n].shape == second[n].shape]
zeros = [[np.mean(maps[n] == 0) for n in names] for maps in (first, second)]
bits = [[entropy(maps[n]) for n in names] for maps in (first, second)]
print(zeros, bits)
"""
    )
