// The documented sequence of calls of an application on Cloudflare Realtime, by fetch and RTCPeerConnection.
// `/sfu` is the app's API with its secret added; everything is left on `window` for a test to call.

window.seen = {};

function show(name, track) {
  const media = document.createElement(track.kind);
  media.autoplay = true;
  media.srcObject = new MediaStream([track]);
  document.body.append(media);
  seen[name] = 0;
  const frame = () => {
    seen[name] += 1;
    media.requestVideoFrameCallback(frame);
  };
  if (track.kind === "video") media.requestVideoFrameCallback(frame);
}

function camera() {
  return navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480 } });
}

async function call(method, path, body) {
  const response = await fetch(`/sfu${path}`, { method, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function describe(peer, type) {
  await peer.setLocalDescription();
  return { type, sdp: peer.localDescription.sdp };
}

async function begin() {
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const { sessionId } = await call("POST", "/sessions/new");
  return { peer, path: `/sessions/${sessionId}`, sessionId };
}

// Publishes the camera and the microphone, the picture in one codec if one is given; returns the session's id.
async function publish(codec) {
  window.out = await begin();
  const { peer, path } = out;
  const stream = await camera();
  const lines = stream.getTracks().map((track) => peer.addTransceiver(track, { direction: "sendonly" }));
  if (codec) {
    const { codecs } = RTCRtpSender.getCapabilities("video");
    const wanted = codecs.filter(({ mimeType }) => mimeType === `video/${codec}`);
    if (wanted.length === 0) throw new Error(`this browser does not encode ${codec}`);
    lines.find(({ sender }) => sender.track.kind === "video").setCodecPreferences(wanted);
  }
  const sessionDescription = await describe(peer, "offer");
  const tracks = lines.map(({ mid, sender }) => ({ location: "local", mid, trackName: sender.track.kind }));
  const added = await call("POST", `${path}/tracks/new`, { sessionDescription, tracks });
  await peer.setRemoteDescription(added.sessionDescription);
  return out.sessionId;
}

// Pulls a track of `publish` into one session for all, by an offer of the SFU; returns that session's id.
async function pull(trackName) {
  window.into ??= await begin();
  const { peer, path, sessionId } = into;
  const tracks = [{ location: "remote", sessionId: out.sessionId, trackName }];
  const added = await call("POST", `${path}/tracks/new`, { tracks });
  if (added.tracks[0].errorCode) throw new Error(added.tracks[0].errorCode);
  if (added.requiresImmediateRenegotiation) {
    await peer.setRemoteDescription(added.sessionDescription);
    await call("PUT", `${path}/renegotiate`, { sessionDescription: await describe(peer, "answer") });
  }
  const line = peer.getTransceivers().find(({ mid }) => mid === added.tracks[0].mid);
  show(trackName, line.receiver.track);
  return sessionId;
}

// The same by an offer of the client's; it is shown as "own".
async function pullByOwnOffer(trackName) {
  const { peer, path } = into;
  const line = peer.addTransceiver(trackName, { direction: "recvonly" });
  const sessionDescription = await describe(peer, "offer");
  const tracks = [{ location: "remote", sessionId: out.sessionId, trackName, mid: line.mid }];
  const added = await call("POST", `${path}/tracks/new`, { sessionDescription, tracks });
  await peer.setRemoteDescription(added.sessionDescription);
  show("own", line.receiver.track);
}

// Closes a line of the pulling session by an exchange; returns the error of it, or "closed".
async function closeByExchange(mid) {
  const { peer, path } = into;
  peer.getTransceivers().find((each) => each.mid === mid).stop();
  const sessionDescription = await describe(peer, "offer");
  const body = { tracks: [{ mid }], sessionDescription, force: false };
  const closed = await call("PUT", `${path}/tracks/close`, body);
  await peer.setRemoteDescription(closed.sessionDescription);
  return closed.tracks[0].errorCode ?? "closed";
}

// Cloudflare's own library: what it pushes from one session it pulls into another.
async function partytracks() {
  const { PartyTracks, BehaviorSubject, shareReplay } = await import("/partytracks.js");
  const stream = await camera();
  const pusher = new PartyTracks({ prefix: "/sfu", apiExtraParams: "room=a" });
  const puller = new PartyTracks({ prefix: "/sfu" });
  window.subscriptions = stream.getTracks().map((track) => {
    const metadata = pusher.push(new BehaviorSubject(track)).pipe(shareReplay(1));
    return puller.pull(metadata).subscribe((pulled) => show(pulled.kind, pulled));
  });
}
