import { afterEach, describe, expect, it, vi } from "vitest";
import { deskApi, guestApi } from "./api";

/** A response that ends in the middle of its body. */
function broken(): Response {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('{"tag": '));
      controller.error(new TypeError("network error"));
    },
  });
  return new Response(body, { status: 200 });
}

const answering = (answer: (init: RequestInit) => Promise<Response>): void => {
  vi.stubGlobal("fetch", (_url: string, init: RequestInit) => answer(init));
};

describe("a call", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("takes an answer that breaks off for none", async () => {
    answering(async () => broken());
    await expect(deskApi.cost()).rejects.toMatchObject({ name: "ApiError", status: 0, code: "unreachable" });
  });

  it.each(["<html>Sign in</html>", "", "null", '"fine"'])("does not take %j for an answer", async (body) => {
    answering(async () => new Response(body, { status: 200 }));
    await expect(deskApi.cost()).rejects.toMatchObject({
      name: "ApiError",
      code: "bad_answer",
      retryable: true,
    });
  });

  it.each([
    ["text/html", "<html>403 Forbidden</html>"],
    ["application/json", '{"code": "invite_expired", "retryable": false}'],
  ])("takes no %s of a proxy's for control's word", async (type, body) => {
    answering(async () => new Response(body, { status: 403, headers: { "Content-Type": type } }));
    const refusal = { status: 403, code: "http_403", retryable: true, foreign: true };
    await expect(deskApi.cost()).rejects.toMatchObject(refusal);
  });

  it("hands control's own word on", async () => {
    const problem = {
      type: "urn:stagedoor:problem:removed",
      detail: "the operator has ended this",
      code: "removed",
      retryable: false,
      hint: "Ask.",
      values: { seat: "guest1", most: 4, odd: { x: 1 } },
      errors: [
        { at: "body.name", message: "is too long", rule: "string_too_long", values: { max_length: 80 } },
        7,
      ],
    };
    answering(async () => Response.json(problem, { status: 403 }));
    await expect(deskApi.cost()).rejects.toMatchObject({
      status: 403,
      code: "removed",
      message: "the operator has ended this",
      hint: "Ask.",
      retryable: false,
      foreign: false,
      values: { seat: "guest1", most: 4 },
      fields: [
        { at: "body.name", message: "is too long", rule: "string_too_long", values: { max_length: 80 } },
      ],
    });
  });

  it("stays an abort when it is aborted, in the middle of a body too", async () => {
    const abort = new AbortController();
    answering(async () => {
      abort.abort(new DOMException("stopped", "AbortError"));
      return broken();
    });
    await expect(deskApi.news("", abort.signal)).rejects.not.toMatchObject({ name: "ApiError" });
  });

  it("takes an answer that comes too late for none", async () => {
    const late = AbortSignal.abort(new DOMException("too late", "TimeoutError"));
    answering(async ({ signal }) => Promise.reject(signal?.reason));
    await expect(guestApi.joinInfo(null, late)).rejects.toMatchObject({ code: "unreachable" });
  });

  it("never waits without end", async () => {
    let deadline: AbortSignal | null | undefined;
    answering(async ({ signal }) => {
      deadline = signal;
      return new Response(null, { status: 204 });
    });
    await guestApi.join(null, {
      name: "Ada",
      consent: "",
      instance: "page1",
      takeover: false,
      checks: false,
    });
    expect(deadline).toBeInstanceOf(AbortSignal);
  });
});
