/** Loads the Hugging Face hub's client, only where the hub is asked. */
export function loadHubClient(): Promise<typeof import("@huggingface/hub")> {
  return import("@huggingface/hub");
}
