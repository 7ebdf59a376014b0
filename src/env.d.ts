interface ImportMetaEnv {
  /** Hosts that this build may ask for weights (vite.config.ts). */
  readonly WEIGHT_HOSTS: readonly string[];
}
