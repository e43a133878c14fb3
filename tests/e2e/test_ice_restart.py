"""A publisher that changes its network restarts ICE by PATCH: the session and its media go on."""

import pytest

from tests.kit.app import App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

PUBLISH = """async ([url, token]) => {
  const stream = await navigator.mediaDevices.getUserMedia({video: true, audio: true});
  const pc = window.pc = new RTCPeerConnection();
  for (const track of stream.getTracks()) pc.addTransceiver(track, {direction: 'sendonly'});
  await pc.setLocalDescription();
  const headers = {'Content-Type': 'application/sdp', Authorization: `Bearer ${token}`};
  const answer = await fetch(url, {method: 'POST', body: pc.localDescription.sdp, headers});
  window.resource = new URL(answer.headers.get('Location'), url).href;
  window.answer = await answer.text();
  await pc.setRemoteDescription({type: 'answer', sdp: window.answer});
  return answer.headers.get('ETag');
}"""
RESTART = """async (token) => {
  const pc = window.pc;
  await pc.setLocalDescription(await pc.createOffer({iceRestart: true}));
  await new Promise(done => {
    if (pc.iceGatheringState === 'complete') done();
    pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done();
  });
  const lines = pc.localDescription.sdp.split('\\r\\n');
  const first = name => lines.find(line => line.startsWith(`a=${name}`));
  const candidates = new Set(lines.filter(line => line.startsWith('a=candidate')));
  const body = [first('ice-ufrag'), first('ice-pwd'), 'm=audio 9 UDP/TLS/RTP/SAVPF 0', first('mid'),
    ...candidates, 'a=end-of-candidates', ''].join('\\r\\n');
  const headers = {'Content-Type': 'application/trickle-ice-sdpfrag', Authorization: `Bearer ${token}`,
    'If-Match': '*'};
  const answer = await fetch(window.resource, {method: 'PATCH', body, headers});
  const fragment = (await answer.text()).split('\\r\\n');
  const ofIce = line => /^a=(candidate|end-of-cand|ice-ufrag|ice-pwd)/.test(line);
  const kept = window.answer.split('\\r\\n').filter(line => !ofIce(line)), ours = fragment.filter(ofIce);
  const sdp = kept.flatMap(line => line.startsWith('a=setup') ? [line, ...ours] : [line]).join('\\r\\n');
  await pc.setRemoteDescription({type: 'answer', sdp});
  return [answer.status, answer.headers.get('ETag')];
}"""


async def session_of(app: App) -> dict[str, object]:
    guests = await app.guests()
    sessions = guests[0]["sessions"] if guests else []
    return dict(sessions[0]) if sessions else {}


def frames(session: dict[str, object]) -> int:
    tracks = session.get("tracks", [])
    assert isinstance(tracks, list)
    return sum(int(track["frames"]) for track in tracks if track["kind"] == "video")


async def test_media_goes_on_over_the_new_pair() -> None:
    async with running_app() as app, chromium() as browser:
        invite = await app.invite("guest1")
        async with visitor(browser, f"{app.url}/guest_join") as guest:
            before = await guest.page.evaluate(PUBLISH, [f"{app.url}/api/calls/whip/guest1", invite["token"]])

            async def is_live() -> bool:
                return frames(await session_of(app)) > 10

            await until(is_live, 15)
            status, after = await guest.page.evaluate(RESTART, invite["token"])
            assert status == 200
            assert after not in (None, before)

            async def pair_changed() -> bool:
                return bool(await guest.page.evaluate("() => pc.iceConnectionState === 'connected'"))

            await until(pair_changed, 10)
            session = await session_of(app)
            known = frames(session)

            async def goes_on() -> bool:
                now = await session_of(app)
                return now["id"] == session["id"] and frames(now) > known + 30

            await until(goes_on, 10)
