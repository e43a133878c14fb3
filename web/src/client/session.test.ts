import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "./api";
import { RtcSession } from "./session";

const SDP = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\n";
const ENDPOINT = "/whep/return-guest1";

class FakePeer {
  onicecandidate: unknown = null;
  localDescription: { sdp: string } | null = null;
  close = vi.fn();
  transports: { state: string }[] = [];
  refusesMunged = false;
  refusesAnswer = false;

  createOffer = async (): Promise<{ type: string; sdp: string }> => ({ type: "offer", sdp: SDP });

  async setLocalDescription(description: { sdp: string }): Promise<void> {
    if (this.refusesMunged) {
      this.refusesMunged = false;
      throw new TypeError("not my words");
    }
    this.localDescription = description;
  }

  async setRemoteDescription(): Promise<void> {
    if (this.refusesAnswer) throw new TypeError("no such codec");
  }

  getTransceivers(): { sender: { transport: { state: string } } }[] {
    return this.transports.map((transport) => ({ sender: { transport } }));
  }
}

describe("RtcSession", () => {
  let peer: FakePeer;
  let asked: string[];
  let headers: Record<string, string>;

  beforeEach(() => {
    peer = new FakePeer();
    asked = [];
    headers = { Location: `${ENDPOINT}/a%20b` };
    vi.stubGlobal("fetch", async (url: string, { method }: RequestInit) => {
      asked.push(`${method} ${new URL(url, location.href).pathname}`);
      if (method === "DELETE") throw new TypeError("network");
      return new Response(SDP, { status: 201, headers });
    });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  const open = (): Promise<RtcSession> =>
    RtcSession.open({
      endpoint: ENDPOINT,
      headers: {},
      iceServers: [],
      prepare: () => undefined,
      signal: new AbortController().signal,
      createPeer: () => peer as unknown as RTCPeerConnection,
    });

  it("is known by the last part of where the answer says it lives", async () => {
    expect((await open()).id).toBe("a b");
  });

  it.each([{}, { Location: "http://[not a url" }])(
    "takes no answer that does not say where: %o",
    async (said) => {
      headers = said as Record<string, string>;
      const failure = await open().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ApiError);
      expect(failure).toMatchObject({ code: "bad_answer" });
      expect(peer.close).toHaveBeenCalledOnce();
      expect(asked).toEqual([`POST ${ENDPOINT}`]);
    },
  );

  it("deletes what the browser cannot take the answer of", async () => {
    peer.refusesAnswer = true;
    await expect(open()).rejects.toMatchObject({ code: "page_failed", message: "no such codec" });
    expect(peer.close).toHaveBeenCalledOnce();
    expect(asked).toEqual([`POST ${ENDPOINT}`, `DELETE ${ENDPOINT}/a%20b`]);
  });

  it("offers a browser's own words where it takes no others", async () => {
    peer.refusesMunged = true;
    await open();
    expect(peer.localDescription?.sdp).toBe(SDP);
  });

  it("is deleted once, and not where the server has ended it", async () => {
    const session = await open();
    await session.close();
    await session.close();
    expect(asked.filter((each) => each.startsWith("DELETE"))).toHaveLength(1);
    asked = [];
    const ended = await open();
    await ended.close(true);
    expect(asked).toEqual([`POST ${ENDPOINT}`]);
    expect(peer.close).toHaveBeenCalledTimes(2);
  });

  it("has been hung up on where any of its transports is closed", async () => {
    const session = await open();
    peer.transports = [{ state: "connected" }, { state: "connected" }];
    expect(session.hungUp).toBe(false);
    peer.transports = [{ state: "connected" }, { state: "closed" }];
    expect(session.hungUp).toBe(true);
  });
});
