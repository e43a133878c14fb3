"""GStreamer's RTSP server that plays a Matroska file to whoever asks: `gst_rtsp_play.py PORT FILE`.

It has H.264 and Opus and is at `/live`, from its beginning for the first client, and where it is then for the
others. Run by Debian's own Python.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

VIDEO = "demux. ! queue ! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96"
AUDIO = "demux. ! queue ! opusparse ! rtpopuspay name=pay1 pt=97"


def main() -> None:
    """Serve until killed."""
    port, file = sys.argv[1:]
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( filesrc location={file} ! matroskademux name=demux {VIDEO} {AUDIO} )")
    factory.set_shared(True)
    server.get_mount_points().add_factory("/live", factory)
    server.attach(None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
