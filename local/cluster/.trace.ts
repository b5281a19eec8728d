import { up, down } from "./.trace-index";
const t0 = Date.now();
(async () => { await up(process.argv[2]!, { progress: (m) => console.error(((Date.now() - t0) / 1000).toFixed(2), m) }); console.error(((Date.now() - t0) / 1000).toFixed(2), "done"); })();
