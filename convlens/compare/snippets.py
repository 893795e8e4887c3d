"""*The code* of two networks beside each other."""

from convlens.pictures.snippets import beginning
from convlens.slices.snippets import Network, as_given, opening, to_maps, values

ENTROPY = """
def entropy(values):
    values = values.astype(float)
    p = np.histogram(values, bins={bins})[0] / values.size  # equal bins from the smallest to the largest value
    return -(p[p > 0] * np.log2(p[p > 0])).sum()

both = []
"""
CKA = """
def places(maps):
    values = maps.reshape(-1, maps.shape[-1]).astype(float)
    some = np.linspace(0, len(values) - 1, min(len(values), {places})).round().astype(int)
    return values[some] - values[some].mean(axis=0)

def hsic(k, l):  # unbiased, but for a factor
    n, ones = len(k), np.ones(len(k))
    return (k * l).sum() + ones @ k @ ones * (ones @ l @ ones) / (n - 1) / (n - 2) - 2 / (n - 2) * (ones @ k @ l @ ones)

def cka(x, y):
    k, l = (v @ v.T - np.diag((v * v).sum(axis=1)) for v in (x, y))
    return hsic(k, l) / np.sqrt(hsic(k, k) * hsic(l, l))

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


def alike(networks: tuple[Network, Network], names: tuple[str, ...], places: int, how: str, at: float) -> str:
    code = beginning("keras") + CKA.format(places=places)
    for network in networks:
        code += "\n" + as_given(network, how, at) + to_maps(network) + "both.append(maps)\n"
    return (
        code
        + f"""
names = {list(names)}
alike = [cka(*(places(maps[n]) for maps in both)) for n in names]
print(alike)
"""
    )


def sections(network: Network, shape: tuple[int, int], apart: int, *, smaller: bool) -> str:
    """What the network answers to every section of the picture, which is ``shape`` large then; ``smaller``: whether it was larger before."""
    rows, columns, channels = network.input_shape
    code = (
        beginning("keras")
        + f"seen = cv2.resize(rgb, {shape[::-1]}, interpolation=cv2.INTER_{'AREA' if smaller else 'LINEAR'})\n"
    )
    return f"""{code}{values(network)}{opening(network)}
sections = np.lib.stride_tricks.sliding_window_view(seen, ({rows}, {columns}), axis=(0, 1))[::{apart}, ::{apart}]
sections = sections.transpose(0, 1, 3, 4, 2)  # (rows, columns, {rows}, {columns}, {channels})
answers = model.predict(sections.reshape(-1, {rows}, {columns}, {channels}))
answers = answers.reshape(*sections.shape[:2], -1)
print(np.bincount(answers.argmax(axis=2).ravel(), minlength=answers.shape[2]))
"""
