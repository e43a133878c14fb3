/** Every word of the checks before a guest goes in, and of what is told while inside. */

import type { Pair } from "./texts";

export const checkTexts = {
  before: "Check my camera, sound and line first",
  beforeHint: "It takes about six seconds. The producer sees you afterwards.",
  title: "A quick check",
  lead: "Say something, such as your name. You should hear three notes.",
  unseen: "Nobody sees or hears you yet.",
  list: "Checks",
  names: {
    camera: "Camera",
    light: "Light",
    microphone: "Microphone",
    speaker: "Speaker",
    echo: "Echo",
    line: "Your line to the studio",
  },
  states: {
    waiting: "Waiting",
    running: "Checking…",
    asked: "Say so",
    good: "Good",
    skipped: "Not checked",
    bad: "Look at this",
  },
  listening: "Say something…",
  measuring: (seconds: number, all: number) => `${seconds} of ${all} seconds`,
  notes: "Did you hear three notes?",
  heard: "I heard them",
  heardNothing: "I heard nothing",
  well: ["All is well", "You are going in."] as Pair,
  again: "Check again",
  anyway: "Join anyway",
  entering: "Going in…",
  keepsTrying: "You are still in the checks, and this page keeps trying to get you in.",
  faults: {
    camera_fault: [
      "Your camera does not work",
      "Choose another one below, or close other programs that use it.",
    ],
    camera_off: ["Your camera is off", "Switch it on, or join with a still in its place."],
    black: ["Your picture is black", "Open the cover of your camera, or choose another camera below."],
    dark: ["Your picture is dark", "Turn a lamp or a window towards your face."],
    microphone_fault: ["Your microphone does not work", "Choose another one below, then check again."],
    muted: ["You are muted", "Press Unmute, so that you can be heard."],
    silent: [
      "Nothing is heard from your microphone",
      "Speak, look for a switch on it, or choose another microphone below.",
    ],
    speaker_fault: ["Your speaker cannot be used", "Choose another one below, then check again."],
    speaker_silent: [
      "You hear nothing",
      "Turn your sound up, or choose another speaker below, then check again.",
    ],
    echo: [
      "Your microphone hears your speaker",
      "Wear headphones, or turn the speaker down: others hear themselves otherwise.",
    ],
    no_line: [
      "Nothing arrives at the studio",
      "Try another network, for example your phone's, then check again.",
    ],
    no_sound: [
      "No sound of yours arrives at the studio",
      "Choose another microphone below, or load this page again.",
    ],
    no_picture: [
      "No picture of yours arrives at the studio",
      "Choose another camera below, or load this page again.",
    ],
    lossy: ["Your line loses a lot on the way", "Use a cable, or go closer to your Wi-Fi, then check again."],
    slow: [
      "Your line is slow",
      "Stop other uploads, or use a cable. You can join: a smaller picture is sent then.",
    ],
    far: ["Your line is slow to answer", "Use a cable or another network, and leave pauses when you speak."],
  } satisfies Record<string, readonly [string, string]>,
} as const;

/** What a guest inside is told, and the one thing to do. */
export const adviceTexts = {
  mutedOnAir: "You are on air and muted: nobody hears you.",
  muted: "You are muted: nobody hears you.",
  cameraOff: "Your camera is off: a still with your name is shown.",
  silent: "Your microphone gives nothing. Look for a switch on it, or choose another one.",
  noSoundArrives: "No sound of yours arrives at the studio: nobody hears you.",
  noPictureArrives: "No picture of yours arrives at the studio: nobody sees you.",
  low: "Your line is weak, so a smaller picture is sent. Use a cable, or go closer to your Wi-Fi.",
  unmute: "Be heard again",
  cameraOn: "Be seen again",
  choose: "Choose another",
  tryAgain: "Try again",
  speaks: "The producer speaks to you",
  recording: "REC",
  recordingLong: "The show is being recorded",
  live: "LIVE",
  liveLong: "The show is being streamed",
  lights: "What the studio does",
  leaveOnAir: "You are on air: the audience will see you go.",
  sideways: "Turn your phone on its side to fill the picture.",
} as const;
