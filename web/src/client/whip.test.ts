import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "./api";
import { WhipSession } from "./whip";

const OFFER = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\n";
const ANSWER = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:0\r\na=ice-ufrag:old\r\na=ice-pwd:old\r\n";
const FRAGMENT = "a=ice-ufrag:new\r\na=ice-pwd:new\r\n";
const TARGET = { endpoint: "/api/calls/whip/guest1", token: "invite", instance: "page1" };

class FakePeer {
  onicecandidate: ((event: { candidate: RTCIceCandidateInit | null }) => void) | null = null;
  localDescription: { sdp: string } | null = null;
  answers: string[] = [];
  closed = false;
  transceivers: { kind: unknown; init: RTCRtpTransceiverInit }[] = [];
  sender = {
    track: null as unknown,
    parameters: { encodings: [{}] as Record<string, unknown>[] },
    replaceTrack: vi.fn(async (track: unknown) => {
      this.sender.track = track;
    }),
    getParameters: () => this.sender.parameters,
    setParameters: vi.fn(async () => undefined),
  };

  addTransceiver(kind: unknown, init: RTCRtpTransceiverInit): unknown {
    this.transceivers.push({ kind, init });
    return { sender: this.sender };
  }
  async createOffer(): Promise<{ sdp: string }> {
    return { sdp: OFFER };
  }
  async setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description;
  }
  async setRemoteDescription(description: { sdp: string }): Promise<void> {
    this.answers.push(description.sdp);
  }
  close(): void {
    this.closed = true;
  }
}

interface Request {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

describe("WhipSession", () => {
  let peer: FakePeer;
  let requests: Request[];
  let answer: (request: Request) => Response;

  beforeEach(() => {
    peer = new FakePeer();
    requests = [];
    answer = ({ method, path }) => {
      if (path.endsWith("ice-servers")) return Response.json({ ice_servers: [] });
      const headers = { Location: `${TARGET.endpoint}/s1`, ETag: '"one"' };
      if (method === "POST") return new Response(ANSWER, { status: 201, headers });
      return new Response(null, { status: 204 });
    };
    vi.stubGlobal("MediaStream", class {});
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      const headers = init.headers as Record<string, string>;
      const request = {
        method: init.method ?? "GET",
        path: new URL(url, location.href).pathname,
        headers,
        body: String(init.body ?? ""),
      };
      requests.push(request);
      return answer(request);
    });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  const open = (): Promise<WhipSession> =>
    WhipSession.open(
      TARGET,
      () => ({ video: null, audio: undefined, maxBitrate: 2_500_000 }),
      new AbortController().signal,
      () => peer as unknown as RTCPeerConnection,
    );

  const patches = (): Request[] => requests.filter(({ method }) => method === "PATCH");

  it("posts the offer with its invite and applies the answer", async () => {
    const session = await open();
    const post = requests.find(({ method }) => method === "POST");
    expect(post).toMatchObject({ path: "/api/calls/whip/guest1", body: OFFER });
    expect(post?.headers).toMatchObject({
      Authorization: "Bearer invite",
      "X-Stagedoor-Instance": "page1",
      "Content-Type": "application/sdp",
    });
    expect(peer.answers).toEqual([ANSWER]);
    expect(session.id).toBe("s1");
    expect(peer.transceivers[0]?.init).toMatchObject({ direction: "sendonly" });
  });

  it("sends candidates to the resource, those from before the answer too", async () => {
    const opening = open();
    await vi.waitFor(() => expect(peer.localDescription).not.toBeNull());
    peer.onicecandidate?.({ candidate: { candidate: "candidate:1", sdpMid: "0" } });
    await opening;
    peer.onicecandidate?.({ candidate: null });
    await vi.waitFor(() => expect(patches().at(-1)?.body).toContain("a=end-of-candidates"));
    expect(patches()[0]).toMatchObject({ path: "/api/calls/whip/guest1/s1" });
    expect(patches()[0]?.headers).toMatchObject({
      "If-Match": '"one"',
      "Content-Type": "application/trickle-ice-sdpfrag",
    });
    expect(patches()[0]?.body).toContain("a=candidate:1");
  });

  it("restarts ICE with a star and goes on under the new tag", async () => {
    const session = await open();
    const before = answer;
    answer = (request) =>
      request.headers["If-Match"] === "*"
        ? new Response(FRAGMENT, { status: 200, headers: { ETag: '"two"' } })
        : before(request);
    await session.restart();
    expect(peer.answers.at(-1)).toContain("a=ice-ufrag:new");
    peer.onicecandidate?.({ candidate: { candidate: "candidate:2", sdpMid: "0" } });
    await vi.waitFor(() => expect(patches().at(-1)?.headers["If-Match"]).toBe('"two"'));
  });

  it("passes a refusal on with its code, and leaves nothing open", async () => {
    const before = answer;
    const type = "urn:stagedoor:problem:seat_taken";
    const problem = { type, code: "seat_taken", detail: "the seat is taken", retryable: false };
    answer = (request) =>
      request.method === "POST" ? Response.json(problem, { status: 409 }) : before(request);
    await expect(open()).rejects.toMatchObject({
      status: 409,
      code: "seat_taken",
      message: "the seat is taken",
    });
    expect(peer.closed).toBe(true);
  });

  it.each([undefined, "http://["])(
    "takes an answer for a session only if it says where: %s",
    async (place) => {
      const before = answer;
      answer = (request) =>
        request.method === "POST"
          ? new Response("<html>Sign in</html>", { status: 200, headers: place ? { Location: place } : {} })
          : before(request);
      await expect(open()).rejects.toMatchObject({ name: "ApiError", code: "bad_answer" });
      expect(peer.closed).toBe(true);
      expect(requests.filter(({ method }) => method === "DELETE")).toHaveLength(0);
    },
  );

  it("blames the page for an answer that its browser cannot take", async () => {
    peer.setRemoteDescription = async () => {
      throw new DOMException("no such codec", "OperationError");
    };
    await expect(open()).rejects.toMatchObject({ name: "ApiError", code: "page_failed", foreign: false });
    expect(requests.filter(({ method }) => method === "DELETE")).toHaveLength(1);
  });

  it("deletes the session whose answer broke off, and calls it unreachable", async () => {
    const before = answer;
    answer = (request) => {
      const response = before(request);
      if (request.method === "POST")
        response.text = async () => {
          throw new TypeError("network error");
        };
      return response;
    };
    await expect(open()).rejects.toMatchObject({ name: "ApiError", code: "unreachable" });
    expect(requests.filter(({ method }) => method === "DELETE")).toHaveLength(1);
  });

  it("calls a server that does not answer unreachable", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("failed to fetch");
    });
    const failure = await open().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ code: "unreachable", retryable: true });
  });

  it("deletes its resource once", async () => {
    const session = await open();
    await session.close(false);
    await session.close(false);
    expect(requests.filter(({ method }) => method === "DELETE")).toHaveLength(1);
    expect(peer.closed).toBe(true);
  });

  it("deletes nothing that the server has ended", async () => {
    await (await open()).close(true);
    expect(requests.filter(({ method }) => method === "DELETE")).toHaveLength(0);
    expect(peer.closed).toBe(true);
  });

  it("replaces only what changed", async () => {
    const session = await open();
    const track = {} as MediaStreamTrack;
    await session.update({ video: track, audio: undefined, maxBitrate: 800_000 });
    await session.update({ video: track, audio: undefined, maxBitrate: 800_000 });
    expect(peer.sender.replaceTrack).toHaveBeenCalledTimes(1);
    expect(peer.sender.parameters.encodings[0]).toMatchObject({ maxBitrate: 800_000 });
  });
});
