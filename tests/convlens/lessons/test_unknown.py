"""The measurement on classes that were left out: its sentences by hand, its file as the script leaves it."""

from convlens.lessons.unknown import measured, sentences

CARD = {
    "left_out": ["cat", "dog"],
    "known": ["a", "b", "c"],
    "sure_above": 0.9,
    "training": {"size": 3000, "epochs": 4, "compared_with": 1200},
    "known_classes": {"pictures": 300, "sure": 0.25},
    "named": {
        "cat": {"pictures": 100, "sure": 0.1, "most_often": "a", "share": 0.05},
        "dog": {"pictures": 200, "sure": 0.4, "most_often": "b", "share": 0.3},
    },
    "auroc": {
        "cat": {
            "largest probability": 0.6,
            "entropy": 0.61,
            "energy": 0.7,
            "Euclidean distance": 0.4,
            "cosine distance": 0.5,
        },
        "dog": {
            "largest probability": 0.5,
            "entropy": 0.51,
            "energy": 0.6,
            "Euclidean distance": 0.55,
            "cosine distance": 0.6,
        },
    },
    "median_distance": {"Euclidean distance": {"photos of known classes": 5.0, "grey noise": 4.0}},
}


def test_sentences_by_hand():
    said = sentences(CARD)
    assert (
        "trained without cat and dog (3,000 pictures, 4 epochs) and asked about them. 40 % of the 200 held-out pictures of the class dog "
        "got an answer with more than 90 %, 30 % b; of pictures of the three classes that it knows, 25 % did."
    ) in said
    assert "have an AUROC of 0.5 to 0.7, where 1 is always and 0.5 a coin;" in said
    assert (
        "in the layer before the classes, 0.4 to 0.6. Grey noise even lies nearer to them than photos do (4 against 5"
        in said
    )
    far = {"Euclidean distance": {"photos of known classes": 5.0, "grey noise": 6.0}}
    assert "Grey noise" not in sentences(CARD | {"median_distance": far})


def test_what_is_said_of_the_file_that_ships_holds():
    """That no gauge tells them apart: each fails for at least one of the two classes, or for noise."""
    card = measured()
    for gauge in card["auroc"]["noise"]:
        assert min(found[gauge] for found in card["auroc"].values()) < 0.75
    assert card["named"]["truck"]["sure"] >= card["known_classes"]["sure"]
