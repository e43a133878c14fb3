"""GStreamer's RTSP server in RECORD mode, run by Debian's own Python: `gst_rtsp.py PORT FOLDER`.

What is published at `/h264-opus/guest1` and the like is written to FOLDER, each connection to a file of its
own; its name is printed when it begins.
"""

import sys
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

TRACKS = {
    "h264": "rtph264depay name=depay{n} ! h264parse config-interval=-1 "
    "! video/x-h264,stream-format=byte-stream,alignment=au ! queue ! mux. ",
    "vp8": "rtpvp8depay name=depay{n} ! queue ! mux. ",
    "opus": "rtpopusdepay name=depay{n} ! opusparse ! queue ! mux. ",
    "aac": "rtpmp4gdepay name=depay{n} ! aacparse ! queue ! mux. ",
}
MOUNTS = ("h264-opus", "h264-aac", "h264", "opus", "vp8-opus")
PATHS = ("guest1", "guest2", "guest1-screen")
"""Below each mount; the server takes no others."""


class Recorder(GstRtspServer.RTSPMediaFactory):  # type: ignore[misc]
    """Makes a pipeline that writes a file for each publisher."""

    def __init__(self, mount: str, folder: str) -> None:
        super().__init__()
        self.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
        self.set_latency(0)
        self.mount, self.folder, self.count = mount, folder, 0

    def do_create_element(self, url: Any) -> Gst.Element:
        """Called for each ANNOUNCE."""
        self.count += 1
        names = self.mount.split("-")
        muxer, suffix = ("matroskamux", "mkv") if "vp8" in names else ("mpegtsmux", "ts")
        path = f"{self.folder}/{self.mount}-{self.count}.{suffix}"
        tracks = "".join(TRACKS[name].format(n=number) for number, name in enumerate(names))
        sys.stdout.write(f"{url.abspath} {path}\n")
        sys.stdout.flush()
        return Gst.parse_launch(
            f"( {tracks} {muxer} name=mux ! filesink location={path} sync=false buffer-mode=2 )"
        )


def main() -> None:
    """Serve until killed."""
    port, folder = sys.argv[1:]
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    for mount in MOUNTS:
        recorder = Recorder(mount, folder)
        for path in PATHS:
            server.get_mount_points().add_factory(f"/{mount}/{path}", recorder)
    server.attach(None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
