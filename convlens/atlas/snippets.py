"""*The code* of a map of vectors."""

from convlens.atlas.projection import SAVED


def map_of_vectors(way: str, near: int, apart: float, smallest: int, count: int) -> str:
    """``map.npz`` is what the panel offers as NPZ, of ``count`` pictures."""
    near = max(2, min(near, count - 1))
    library, model = {
        "UMAP": ("import umap\n", f"umap.UMAP(n_neighbors={near}, min_dist={apart}, random_state=1, n_jobs=1)"),
        "t-SNE": (
            "from sklearn.manifold import TSNE\n",
            f'TSNE(perplexity={min(near, (count - 1) / 3)}, init="pca", random_state=1)',
        ),
        "PCA": ("from sklearn.decomposition import PCA\n", "PCA(2, random_state=1)"),
        SAVED: ("", ""),
    }[way]
    points = 'np.load("map.npz")["points"]' if way == SAVED else f"{model}.fit_transform(vectors)"
    return f"""\
import numpy as np
{library}from sklearn.cluster import HDBSCAN
from sklearn.manifold import trustworthiness

vectors = np.load("map.npz")["vectors"]
points = {points}
clusters = HDBSCAN(min_cluster_size={smallest}, copy=True).fit_predict(points)
print(trustworthiness(vectors, points, n_neighbors={max(1, min(15, (count - 1) // 2))}), clusters.max() + 1, np.sum(clusters < 0))
"""
