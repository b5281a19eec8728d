/** Port of the HTTP interface of every service that runs in the cluster: health, metrics, and what it tells beside. */
export const httpPort = 8080;
