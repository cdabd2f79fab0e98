/*
 * Says that the settings do not lead to a registry. Known at start-up, before anything is tried.
 */

/** The settings do not say which registry to use, or where it is. */
export class RegistrySettingsError extends Error {
  override readonly name = 'RegistrySettingsError';
  readonly code = 'INVALID_REGISTRY_SETTINGS';
}
