"""Live: the camera, a video or the picture through a kernel and a whole network, frame by frame, in the browser."""

from convlens.live import panels
from convlens.ui import lesson
from convlens.ui.controls import live
from convlens.ui.show import fragment, head, row

with head("Live: every layer, frame by frame"):
    live.pick()
live.ask_for_range()
row(
    live.chosen,
    panels.live,
    wait="A worker reads the network's weights. Right after the start this takes some seconds.",
)
fragment("kernel", live.kernel)
lesson.show("live")
