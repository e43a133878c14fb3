import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiError, type Values } from "../client/api";
import { put } from "../language";
import { serverTexts as norwegian } from "../nb/texts.server";
import { serverTexts } from "../texts.server";
import { wordsOf } from "./commands";
import { errorAt, fieldErrors } from "./field-errors";
import { sentences } from "./format";
import { incident } from "./samples";
import { failureWords, incidentWords } from "./server-words";

function refused(code: string, message: string, values: Values = {}): ApiError {
  const error = new ApiError(409, code, message, "Do something.");
  error.values = values;
  return error;
}

const TAKEN = refused("seat_taken", "guest1 is taken by Ada", { seat: "guest1", who: "Ada" });
const WIDE = refused("bad_value", "scene.slots[0].rect.width: is not a number from 0 to 3", {
  at: "scene.slots[0].rect.width",
  rule: "within",
  low: 0,
  high: 2.5,
});
const LOST = incident({
  kind: "guest_lost",
  code: "guest_lost",
  severity: "critical",
  values: { name: "Ada", seat: "guest1" },
});

describe("in English, the server", () => {
  it("is quoted as it says it", () => {
    expect(wordsOf(TAKEN)).toEqual(["guest1 is taken by Ada", "Do something."]);
    expect(errorAt(fieldErrors(WIDE), "slots.0.width")).toBe("is not a number from 0 to 3");
    const { cause, done, todo } = LOST;
    expect(incidentWords(LOST)).toEqual({ cause, done, todo });
  });
});

describe("in Norwegian, what the server says", () => {
  beforeEach(() => put(serverTexts, norwegian));
  afterEach(() => void Object.assign(serverTexts, { codes: {}, rules: {}, incidents: {} }));

  it("is said by its code, with what it has put in", () => {
    expect(wordsOf(TAKEN)[0]).toBe("Plassen guest1 er tatt av Ada");
    expect(wordsOf(refused("seat_taken", "guest1 is taken"))[0]).toBe("Plassen er tatt");
    expect(wordsOf(refused("scene_in_use", "", { where: "program" }))[0]).toBe("Scenen er på lufta");
  });

  it("is its own sentence where its code is newer than the page", () => {
    expect(wordsOf(refused("unheard_of", "this is new"))).toEqual(["this is new", "Do something."]);
  });

  it("has the server's own sentence beside it where a code stands for many", () => {
    const message = "NetStream.Publish.BadName";
    const [what] = failureWords({ code: "destination_refused", message, hint: "" });
    expect(what).toBe(`Mottakeren sier nei («${message}»)`);
  });

  it("names the fields that are refused, and what they have to be", () => {
    expect(errorAt(fieldErrors(WIDE), "slots.0.width")).toBe("er ikke et tall fra 0 til 2.5");
    expect(wordsOf(WIDE)[0]).toBe("scene.slots[0].rect.width: er ikke et tall fra 0 til 2.5");
    const listed = refused("invalid", "body.name: Field required");
    listed.fields = [{ at: "body.name", message: "Field required", rule: "missing", values: {} }];
    expect(wordsOf(listed)[0]).toBe("body.name: mangler");
    expect(errorAt(fieldErrors(refused("id_taken", "id: there is a scene x already")), "id")).toBe(
      "Det navnet er tatt",
    );
  });

  it("tells what is wrong, what is done and what to do", () => {
    expect(incidentWords(LOST)).toEqual({
      cause: "Ada er borte på lufta: det kommer ikke noe mer derfra.",
      done: "guest1 holdes av, og siden til gjesten kommer tilbake av seg selv.",
      todo: "Klipp til en annen scene.",
    });
    const failing = incident({
      kind: "destination",
      code: "destination_closed",
      values: { path: "program", url: "rtmp://a/live", reason: "a closed the connection" },
    });
    const { cause, todo } = incidentWords(failing);
    expect(cause).toBe("program når ikke fram til rtmp://a/live: Mottakeren lukket forbindelsen");
    expect(sentences(todo)).toContain("strømnøkkelen");
  });

  it("leaves nothing empty that says what is wrong, whatever was put in", () => {
    const given = { said: "no", why: "no", severity: "warning", name: "Ada" };
    const silent = Object.entries(norwegian.codes).filter(
      ([, [what]]) => (typeof what === "function" ? what(given) : what).trim() === "",
    );
    expect(silent).toEqual([]);
  });

  it("puts nothing in that is not there", () => {
    const said = Object.values(norwegian.codes).flat();
    const odd = said.map((words) => (typeof words === "function" ? words({}) : words));
    expect(odd.filter((words) => /undefined|NaN|null/.test(words))).toEqual([]);
  });
});
