"""Fetching a network, in a worker."""


def fetch(name: str) -> None:
    """Fetch a network that was trained on ImageNet into Keras' cache, where the catalog finds it; takes minutes.

    Raises:
        InputError: it cannot be fetched.
    """
    from models.architectures.pretrained import fetch

    fetch(name)
