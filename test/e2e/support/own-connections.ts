import pools = require("@grpc/grpc-js/build/src/subchannel-pool");

/**
 * Gives every gRPC channel connections of its own. Loaded before the e2e tests, which run dozens of Pulumi engines from one process:
 * the SDK never closes its channels, and by default channels share connections by address, so that an engine that gets the port of a
 * former one would meet that one's dead connection ("UNAVAILABLE: No connection established. Last error: null").
 */
Object.assign(pools, { getSubchannelPool: () => new pools.SubchannelPool() });
