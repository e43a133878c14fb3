"""The calls whose subject this emulator does not have: data channels and WebSocket adapters."""

from stagedoor.emulator.messages import (
    Adapter,
    AdapterResult,
    AdaptersRequest,
    AdaptersResult,
    ChannelResult,
    ChannelsEstablish,
    ChannelsEstablished,
    ChannelsRequest,
    ChannelsResult,
)
from stagedoor.emulator.operations import Call, Outcome, parse
from stagedoor.emulator.refusal import NO_ADAPTERS, NO_CHANNELS, invalid_params

MOST_ADAPTERS = 4


async def establish_channels(call: Call) -> Outcome:
    """`datachannels/establish`."""
    await call.engine.session(call.session_id)
    request = parse(ChannelsEstablish, call.body)
    return Outcome(
        ChannelsEstablished(
            data_channel=request.data_channel,
            error_code=NO_CHANNELS.code,
            error_description=NO_CHANNELS.description,
        )
    )


async def change_channels(call: Call) -> Outcome:
    """`datachannels/new`, `update` and `close`."""
    await call.engine.session(call.session_id)
    request = parse(ChannelsRequest, call.body)
    results = [
        ChannelResult(
            **each.model_dump(), error_code=NO_CHANNELS.code, error_description=NO_CHANNELS.description
        )
        for each in request.data_channels
    ]
    return Outcome(ChannelsResult(data_channels=results))


async def new_adapters(call: Call) -> Outcome:
    """`adapters/websocket/new`: none can be made, which is 503 with an error for each."""
    tracks = _adapters(call.body)
    for index, each in enumerate(tracks):
        _check_adapter(index, each)
    results = [
        AdapterResult(
            track_name=each.track_name,
            endpoint=each.endpoint,
            error_code=NO_ADAPTERS.code,
            error_description=NO_ADAPTERS.description,
        )
        for each in tracks
    ]
    return Outcome(AdaptersResult(tracks=results), 503)


async def close_adapters(call: Call) -> Outcome:
    """`adapters/websocket/close`: to end what is not there is a success."""
    tracks = _adapters(call.body)
    for index, each in enumerate(tracks):
        if not each.adapter_id:
            raise invalid_params(f"tracks[{index}]: Missing adapterId in track")
    return Outcome(AdaptersResult(tracks=[AdapterResult(adapter_id=each.adapter_id) for each in tracks]))


def _adapters(body: bytes) -> list[Adapter]:
    tracks = parse(AdaptersRequest, body).tracks
    if not tracks:
        raise invalid_params("Expecting at least 1 track")
    if len(tracks) > MOST_ADAPTERS:
        raise invalid_params(f"Expecting at most {MOST_ADAPTERS} track in the request")
    return tracks


def _check_adapter(index: int, each: Adapter) -> None:
    wanted = {"location": each.location, "trackName": each.track_name, "endpoint": each.endpoint}
    if each.location == "local":
        wanted["inputCodec"] = each.input_codec
    else:
        wanted |= {"sessionId": each.session_id, "outputCodec": each.output_codec}
    missing = [name for name, value in wanted.items() if not value]
    if missing:
        raise invalid_params(f"tracks[{index}]: Missing {missing[0]} in track")
    if not (each.endpoint or "").startswith(("ws://", "wss://")):
        raise invalid_params(f"tracks[{index}]: Invalid endpoint in track")
