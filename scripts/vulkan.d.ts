export function hardwareVulkan(): Record<string, string>;
