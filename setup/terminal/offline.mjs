/** Whether the environment forbids networks: `VITLAB_OFFLINE`. */
export function isOffline(env = process.env) {
  return /^(1|on|yes|true)$/i.test(env.VITLAB_OFFLINE ?? "");
}

/** The environment of a program, in which npm and pip keep to what is on this machine where networks are forbidden. */
export function withoutNetwork(env) {
  return isOffline(env) ? { ...env, npm_config_offline: "true", PIP_NO_INDEX: "1" } : env;
}
