"""Clients that are not ours, in Chromium: Cloudflare's partytracks, and the documented sequence of calls."""

from pathlib import Path

import pytest

from stagedoor.emulator.options import Options
from stagedoor.emulator.serve import emulator
from tests.kit.browser import chromium, visitor
from tests.kit.cloudflare import client
from tests.kit.cloudflare_page import bundle_partytracks, page
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

PLAYED = 20
"""Pictures that must be seen."""
_SEE = """
window.seen = {};
window.show = (name, track) => {
  const media = document.createElement(track.kind);
  media.autoplay = true;
  media.srcObject = new MediaStream([track]);
  document.body.append(media);
  seen[name] = 0;
  const frame = () => { seen[name] += 1; media.requestVideoFrameCallback(frame); };
  if (track.kind === "video") media.requestVideoFrameCallback(frame);
};
window.camera = () =>
  navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480 } });
"""
_PARTYTRACKS = """async () => {
  const { PartyTracks, BehaviorSubject, shareReplay } = await import("/partytracks.js");
  const stream = await camera();
  const pusher = new PartyTracks({ prefix: "/sfu", apiExtraParams: "room=a" });
  const puller = new PartyTracks({ prefix: "/sfu" });
  window.subscriptions = stream.getTracks().map((track) => {
    const metadata = pusher.push(new BehaviorSubject(track)).pipe(shareReplay(1));
    return puller.pull(metadata).subscribe((pulled) => show(pulled.kind, pulled));
  });
}"""
_SEQUENCE = """
window.call = async (method, path, body) => {
  const response = await fetch(`/sfu${path}`, { method, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
};
window.describe = async (peer, type) => {
  await peer.setLocalDescription();
  return { type, sdp: peer.localDescription.sdp };
};
window.begin = async () => {
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const { sessionId } = await call("POST", "/sessions/new");
  return { peer, sessionId, path: `/sessions/${sessionId}` };
};
window.push = async () => {
  const session = await begin();
  const { peer, path } = session;
  const stream = await camera();
  const lines = stream.getTracks().map((track) => peer.addTransceiver(track, { direction: "sendonly" }));
  const sessionDescription = await describe(peer, "offer");
  const tracks = lines.map(({ mid, sender }) => ({ location: "local", mid, trackName: sender.track.kind }));
  const added = await call("POST", `${path}/tracks/new`, { sessionDescription, tracks });
  await peer.setRemoteDescription(added.sessionDescription);
  return Object.assign(session, { tracks: added.tracks });
};
window.pull = async ({ peer, path }, publisher, ...names) => {
  const tracks = names.map((trackName) => ({ location: "remote", sessionId: publisher, trackName }));
  const added = await call("POST", `${path}/tracks/new`, { tracks });
  for (const { errorCode } of added.tracks) if (errorCode) throw new Error(errorCode);
  if (added.requiresImmediateRenegotiation) {
    await peer.setRemoteDescription(added.sessionDescription);
    await call("PUT", `${path}/renegotiate`, { sessionDescription: await describe(peer, "answer") });
  }
  return added.tracks.map(({ mid }) => peer.getTransceivers().find((each) => each.mid === mid));
};
window.offerToPull = async ({ peer, path }, publisher, trackName) => {
  const line = peer.addTransceiver(trackName, { direction: "recvonly" });
  const sessionDescription = await describe(peer, "offer");
  const tracks = [{ location: "remote", sessionId: publisher, trackName, mid: line.mid }];
  const added = await call("POST", `${path}/tracks/new`, { sessionDescription, tracks });
  await peer.setRemoteDescription(added.sessionDescription);
  return line;
};
window.closeByExchange = async ({ peer, path }, line) => {
  const { mid } = line;
  line.stop();
  const sessionDescription = await describe(peer, "offer");
  const body = { tracks: [{ mid }], sessionDescription, force: false };
  const closed = await call("PUT", `${path}/tracks/close`, body);
  await peer.setRemoteDescription(closed.sessionDescription);
  return closed.tracks[0].errorCode ?? "closed";
};
"""


async def test_partytracks_pushes_and_pulls(tmp_path: Path) -> None:
    bundle = await bundle_partytracks(tmp_path)
    async with (
        emulator() as it,
        page(it, bundle) as url,
        chromium() as browser,
        visitor(browser, url) as visit,
    ):
        await visit.page.add_script_tag(content=_SEE)
        await visit.page.evaluate(_PARTYTRACKS)
        await until(lambda: visit.page.evaluate(f"seen.video > {PLAYED} && 'audio' in seen"), 30)
        pulled = [each for session in it.engine.live() for each in session.subscriptions.values()]
        assert {each.kind for each in pulled} == {"audio", "video"}
        assert all(each.packets > 0 for each in pulled)
        assert visit.errors == []


async def test_the_documented_sequence_pushes_pulls_adds_and_closes() -> None:
    async with (
        emulator(Options(padding_every=30)) as it,
        client(it) as api,
        page(it) as url,
        chromium() as browser,
        visitor(browser, url) as visit,
    ):
        run = visit.page.evaluate
        await visit.page.add_script_tag(content=_SEE + _SEQUENCE)
        publisher = await run("async () => { window.out = await push(); return out.sessionId; }")
        session = it.engine.sessions[publisher]
        await until(lambda: all(each.packets for each in session.publications.values()), 20)

        await run("""async () => {
          window.into = await begin();
          const [sound] = await pull(into, out.sessionId, "audio");
          show("audio", sound.receiver.track);
        }""")
        puller = await run("into.sessionId")
        sound = it.engine.sessions[puller].subscriptions["0"]
        await until(lambda: sound.packets > 20, 20)
        await run("""async () => {
          [window.picture] = await pull(into, out.sessionId, "video");
          show("video", picture.receiver.track);
        }""")
        await until(lambda: run(f"seen.video > {PLAYED}"), 30, what="a line that was added later plays")

        await run("""async () => {
          const line = await offerToPull(into, out.sessionId, "video");
          show("own", line.receiver.track);
        }""")
        await until(lambda: run(f"seen.own > {PLAYED}"), 30, what="a line of the client's own offer plays")

        assert await run("() => closeByExchange(into, picture)") == "closed"
        statuses = [each["status"] for each in (await api.ok("GET", f"/sessions/{puller}"))["tracks"]]
        assert statuses == ["active", "inactive", "active"]
        before = await run("seen.own")
        await until(lambda: run(f"seen.own > {before} + {PLAYED}"), 20, what="the others go on")

        await api.faults(loss={"fraction": 0.03, "seed": 1})
        before = await run("seen.own")
        await until(lambda: run(f"seen.own > {before} + 60"), 30, what="it plays on with packets lost")
        assert visit.errors == []


@pytest.mark.parametrize("codec", ["VP8", "VP9", "H264", "AV1"])
async def test_what_chromium_sends_comes_back_in_each_codec(codec: str) -> None:
    async with (
        emulator() as it,
        page(it) as url,
        chromium() as browser,
        visitor(browser, url) as visit,
    ):
        run = visit.page.evaluate
        await visit.page.add_script_tag(content=_SEE + _SEQUENCE)
        is_there = await run(f"""() => {{
          const {{ codecs }} = RTCRtpSender.getCapabilities("video");
          window.wanted = codecs.filter(({{ mimeType }}) => mimeType === "video/{codec}");
          const add = RTCPeerConnection.prototype.addTransceiver;
          RTCPeerConnection.prototype.addTransceiver = function (track, options) {{
            const line = add.call(this, track, options);
            if (track.kind === "video") line.setCodecPreferences(wanted);
            return line;
          }};
          return wanted.length > 0;
        }}""")
        assert is_there, f"this Chromium does not encode {codec}"
        publisher = await run("async () => { window.out = await push(); return out.sessionId; }")
        session = it.engine.sessions[publisher]
        await until(lambda: all(each.packets for each in session.publications.values()), 20)
        await run("""async () => {
          window.into = await begin();
          const [picture] = await pull(into, out.sessionId, "video");
          show("video", picture.receiver.track);
        }""")
        await until(lambda: run(f"seen.video > {PLAYED}"), 30)
