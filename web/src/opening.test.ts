import { beforeEach, describe, expect, it } from "vitest";
import { open } from "./opening";

const missing = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
const said = { word: "cut" };

describe("a page", () => {
  beforeEach(() => {
    document.body.innerHTML = '<div id="app"></div>';
  });

  it("begins once it has its words", async () => {
    const words = { word: "" };
    let begun = "";
    await open(words, { en: async () => said, nb: missing }, async () => {
      begun = words.word;
    });
    expect(begun).toBe("cut");
  });

  it("says so where a part of it does not come", async () => {
    const come = { en: async () => said, nb: missing };
    await expect(open({ word: "" }, come, missing)).rejects.toThrow("Failed to fetch");
    const [english, norwegian] = document.querySelectorAll("#app p");
    expect(english?.textContent).toContain("reload it");
    expect(norwegian?.textContent).toContain("last den på nytt");
  });

  it("says so where no language comes", async () => {
    await expect(open({ word: "" }, { en: missing, nb: missing }, async () => undefined)).rejects.toThrow();
    expect(document.body.textContent).toContain("reload it");
  });
});
