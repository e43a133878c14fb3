/** One WebRTC session over HTTP: what WHIP (RFC 9725) and WHEP have in common. */

import { ApiError, send, textOf, unexpected } from "./api";
import { askingForLostSound, FRAGMENT_TYPE, restartedAnswer, trickleFragment } from "./sdp";

export interface SessionOptions {
  endpoint: string;
  /** Added to every request: credentials, the page's instance. */
  headers: Record<string, string>;
  iceServers: RTCIceServer[];
  /** Adds what is sent or wanted, before the offer is made. */
  prepare: (peer: RTCPeerConnection) => Promise<void> | void;
  signal: AbortSignal;
  createPeer?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** Where the session lives; only an answer that is not WHIP's or WHEP's does not say it (RFC 9725 section 4.2). */
function resourceOf(response: Response, endpoint: string): string {
  const named = response.headers.get("Location");
  try {
    if (named) return new URL(named, new URL(response.url || endpoint, location.href)).href;
  } catch {
    // It is no URL: as if it were not there.
  }
  throw new ApiError(0, "bad_answer", "the answer does not say where the session is");
}

export class RtcSession {
  readonly peer: RTCPeerConnection;
  #resource = "";
  #etag: string | null = null;
  #answer = "";
  #waiting: RTCIceCandidate[] = [];
  #gathered = false;
  #trickling: Promise<void> | null = null;
  #restarting = false;
  #closed = false;

  private constructor(
    peer: RTCPeerConnection,
    private readonly headers: Record<string, string>,
  ) {
    this.peer = peer;
    peer.onicecandidate = (event) => {
      if (event.candidate?.candidate) this.#waiting.push(event.candidate);
      else this.#gathered = true;
      this.#trickle();
    };
  }

  /**
   * Make the offer, post it and apply the answer; candidates follow as they are found.
   *
   * @throws ApiError when the server refuses or does not answer, or the browser cannot take the answer; nothing is
   *   left open then.
   */
  static async open(options: SessionOptions): Promise<RtcSession> {
    const create = options.createPeer ?? ((configuration) => new RTCPeerConnection(configuration));
    const peer = create({ iceServers: options.iceServers, bundlePolicy: "max-bundle" });
    const session = new RtcSession(peer, options.headers);
    try {
      await options.prepare(peer);
      await session.#negotiate(options);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  async #negotiate(options: SessionOptions): Promise<void> {
    await this.#offer();
    const response = await send(options.endpoint, {
      method: "POST",
      headers: { ...this.headers, "Content-Type": "application/sdp" },
      body: this.peer.localDescription?.sdp ?? "",
      signal: options.signal,
    });
    this.#resource = resourceOf(response, options.endpoint);
    this.#etag = response.headers.get("ETag");
    this.#answer = await textOf(response, options.signal);
    await this.#applyAnswer();
    this.#trickle();
  }

  async #offer(options?: RTCOfferOptions): Promise<void> {
    const offer = await this.peer.createOffer(options);
    const wished = { type: offer.type, sdp: askingForLostSound(offer.sdp ?? "") };
    try {
      await this.peer.setLocalDescription(wished);
    } catch {
      // A browser that takes only its own words.
      await this.peer.setLocalDescription(offer);
    }
  }

  async #applyAnswer(): Promise<void> {
    try {
      await this.peer.setRemoteDescription({ type: "answer", sdp: this.#answer });
    } catch (error) {
      throw new ApiError(0, "page_failed", error instanceof Error ? error.message : "bad answer");
    }
  }

  /** The server's id of this session: the last part of its resource. */
  get id(): string {
    return decodeURIComponent(this.#resource.split("/").at(-1) ?? "");
  }

  /** The other side closed its end (a DTLS alert), which the connection's own state does not tell. */
  get hungUp(): boolean {
    const transports = this.peer.getTransceivers().map(({ sender }) => sender.transport);
    return transports.some((transport) => transport?.state === "closed");
  }

  #trickle(): void {
    const something = this.#waiting.length > 0 || this.#gathered;
    if (this.#closed || this.#restarting || this.#resource === "" || this.#trickling || !something) return;
    this.#trickling = this.#sendCandidates().finally(() => {
      this.#trickling = null;
      this.#trickle();
    });
  }

  async #sendCandidates(): Promise<void> {
    const candidates = this.#waiting.splice(0);
    const complete = this.#gathered;
    this.#gathered = false;
    const sdp = this.peer.localDescription?.sdp ?? "";
    try {
      await this.#patch(trickleFragment(sdp, candidates, complete), this.#etag);
    } catch (error) {
      // A candidate that could not be told is not an ending: the checks on the others decide.
      if (!(error instanceof ApiError)) unexpected(error);
    }
  }

  async #patch(fragment: string, match: string | null): Promise<Response> {
    const headers: Record<string, string> = { ...this.headers, "Content-Type": FRAGMENT_TYPE };
    if (match) headers["If-Match"] = match;
    const response = await send(this.#resource, {
      method: "PATCH",
      headers,
      body: fragment,
      signal: AbortSignal.timeout(4000),
    });
    this.#etag = response.headers.get("ETag") ?? this.#etag;
    return response;
  }

  /**
   * Restart ICE: new credentials both ways, media and session stay (RFC 9725 section 4.3.3).
   *
   * @throws ApiError when the server no longer knows the session.
   */
  async restart(): Promise<void> {
    // Candidates found now belong to the new credentials, which the server must know first.
    this.#restarting = true;
    this.#waiting = [];
    this.#gathered = false;
    try {
      await this.#offer({ iceRestart: true });
      const sdp = this.peer.localDescription?.sdp ?? "";
      const response = await this.#patch(trickleFragment(sdp, [], false), "*");
      this.#answer = restartedAnswer(this.#answer, await response.text());
      await this.#applyAnswer();
    } finally {
      this.#restarting = false;
    }
    this.#trickle();
  }

  /** Close the connection, and delete the resource unless the server has ended it itself; never fails. */
  async close(ended = false): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.peer.onicecandidate = null;
    // The server is told first: once the connection has ended it does not know the session any more.
    if (this.#resource !== "" && !ended) await this.#delete();
    this.peer.close();
  }

  async #delete(): Promise<void> {
    const request = {
      method: "DELETE",
      headers: this.headers,
      keepalive: true,
      signal: AbortSignal.timeout(4000),
    };
    await fetch(this.#resource, request).catch(() => undefined);
  }
}
