/** Lets waiting messages in, a cancel among them, and stops where one came. */
export async function yieldToEvents(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}

/** The same at every 32nd of many short steps. */
export async function yieldAtTimes(step: number, signal?: AbortSignal): Promise<void> {
  if (step % 32 === 0) await yieldToEvents(signal);
}
