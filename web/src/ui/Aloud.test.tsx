import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Aloud } from "./Aloud";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const stream = (): MediaStream => new MediaStream();
const word = "Click to hear";

describe("Aloud", () => {
  it("plays by itself where the browser lets it, as loud as it is wanted", async () => {
    const started = vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue(undefined);
    render(<Aloud stream={stream()} volume={0.25} word={word} />);
    await waitFor(() => expect(started).toHaveBeenCalledOnce());
    expect(screen.queryByRole("button")).toBeNull();
    expect(document.querySelector("audio")?.volume).toBe(0.25);
  });

  it("asks for a click where the browser wants one, until it plays", async () => {
    const started = vi.spyOn(HTMLMediaElement.prototype, "play");
    const refuses = new DOMException("the person has not touched the page", "NotAllowedError");
    started.mockRejectedValue(refuses);
    render(<Aloud stream={stream()} word={word} />);
    const button = await screen.findByRole("button", { name: word });
    fireEvent.click(button);
    await waitFor(() => expect(started).toHaveBeenCalledTimes(2));
    expect(screen.queryByRole("button", { name: word })).not.toBeNull();
    started.mockResolvedValue(undefined);
    fireEvent.click(button);
    await waitFor(() => expect(screen.queryByRole("button")).toBeNull());
  });

  it("asks for none when another stream takes the place of one that has not begun", async () => {
    const started = vi.spyOn(HTMLMediaElement.prototype, "play");
    started
      .mockRejectedValueOnce(new DOMException("another load", "AbortError"))
      .mockResolvedValue(undefined);
    const { rerender } = render(<Aloud stream={stream()} word={word} />);
    rerender(<Aloud stream={stream()} word={word} />);
    await waitFor(() => expect(started).toHaveBeenCalledTimes(2));
    expect(screen.queryByRole("button")).toBeNull();
  });
});
