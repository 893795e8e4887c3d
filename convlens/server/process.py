"""How the web process is set up for many visitors, once, before there are any."""

import cv2

from convlens.server import heap, messages, private, sockets


def settle() -> None:
    """Few heaps; one thread for a picture, because many visitors are parallel enough; sockets that send at once; the door for messages;
    downloads that stay until they are fetched."""
    heap.settle()
    cv2.setNumThreads(1)
    sockets.send_at_once()
    messages.keep_the_door()
    private.mind_downloads()
