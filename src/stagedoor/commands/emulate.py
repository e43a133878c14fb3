"""`stagedoor emulate-cloudflare`: a stand-in for Cloudflare Realtime SFU that needs nothing else of ours."""

import argparse
from typing import TextIO

from stagedoor.emulator.options import Options, Timers
from stagedoor.emulator.serve import run
from stagedoor.settings import LogSettings
from stagedoor.telemetry.logging import configure


def emulate(options: argparse.Namespace, out: TextIO) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Raises:
        UnavailableError: A port cannot be used.
    """
    secrets = filter(None, (options.app_secret, options.turn_key_token))
    configure(LogSettings(), "emulator", secrets=secrets)
    timers = Timers(
        empty_track=options.empty_track,
        silence=options.silence,
        unconnected=options.unconnected,
        transport=options.transport,
        lost=options.lost,
    )
    run(
        Options(
            app_id=options.app_id,
            app_secret=options.app_secret,
            host=options.host,
            port=options.port,
            udp_port=options.udp_port,
            turn_key_id=options.turn_key_id,
            turn_key_token=options.turn_key_token,
            timers=timers,
            most_bitrate=options.max_bitrate,
            padding_every=options.padding_every,
            refuse_gone_publisher=options.refuse_gone_publisher,
            hang_unknown=options.hang_unknown,
        ),
        out,
    )
