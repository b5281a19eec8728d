/**
 * Environment variable by which previews have random values, made for the occasion, in place of values that are not known yet: what is made of keys, such as
 * JWTs, can then be looked at before there is anything. Value: `values`. No update ever has these values.
 */
export const randomPreviewVariable = "NATS_PLATFORM_RANDOM_PREVIEW";
