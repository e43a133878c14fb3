/** A form's way to control: under way, refused with the fields that are to blame, or done. */

import { computed, signal } from "@preact/signals";
import { ApiError, unexpected } from "../client/api";
import { type FieldErrors, fieldErrors, NO_ERRORS } from "./field-errors";

export class Attempt {
  readonly busy = signal(false);
  /** What control refused last. */
  readonly refusal = signal<ApiError | null>(null);
  readonly errors = computed<FieldErrors>(() =>
    this.refusal.value ? fieldErrors(this.refusal.value) : NO_ERRORS,
  );

  /** Do it; null when it failed, or when it was under way already. */
  async run<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.busy.peek()) return null;
    this.busy.value = true;
    this.refusal.value = null;
    try {
      return await work();
    } catch (error) {
      this.refusal.value = error instanceof ApiError ? error : unexpected(error);
      return null;
    } finally {
      this.busy.value = false;
    }
  }
}
