import { expect } from "chai";
import { createLog, gatherLines } from "../../src/server/index.ts";

describe("createLog", () => {
  let now = 0;
  const open = () => {
    const lines: Record<string, unknown>[] = [];
    const log = createLog(
      (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
      () => new Date(now),
    );
    return { log, lines };
  };
  beforeEach(() => (now = 1_800_000_000_000));

  it("T205 writes one JSON object a line and no password of a URL", () => {
    const { log, lines } = open();
    log.info("decision", { reference: "https://me:secret@r.example/a\n{}", digest: null, count: 1 });
    expect(lines).to.deep.equal([
      {
        time: "2027-01-15T08:00:00.000Z",
        level: "info",
        message: "decision",
        reference: lines[0]?.["reference"],
        digest: null,
        count: 1,
      },
    ]);
    expect(lines[0]?.["reference"]).to.include("//[redacted]@r.example/a").and.not.include("\n");
  });

  it("T256 writes a storm of errors in part, and how many lines were left out; nothing else is lost", () => {
    const { log, lines } = open();
    for (let index = 0; index < 100_000; index++) log.error("request", { index });
    log.error("another");
    log.info("decision");
    expect(lines.filter(({ message }) => message === "request")).to.have.length(100);
    expect(lines.slice(100).map(({ message }) => message)).to.deep.equal(["another", "decision"]);
    now += 1000;
    log.error("request", { index: -1 });
    expect(
      lines.slice(102).map(({ message, of, count, index }) => [message, of, count, index]),
    ).to.deep.equal([
      ["lines left out", "request", 99_900, undefined],
      ["request", undefined, undefined, -1],
    ]);
  });
});

describe("gatherLines", () => {
  it("writes lines of a while together, in their order, and none twice", async () => {
    const written: string[] = [];
    const { write, flush } = gatherLines((lines) => written.push(lines));
    write("1\n");
    write("2\n");
    expect(written).to.deep.equal([]);
    flush();
    flush();
    write("3\n");
    // Comes after whatever waits, by itself.
    while (written.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(written).to.deep.equal(["1\n2\n", "3\n"]);
  });

  it("T211 T249 lets no more than 64 KiB wait", () => {
    const written: string[] = [];
    const { write } = gatherLines((lines) => written.push(lines));
    const line = `${"x".repeat(1023)}\n`;
    for (let count = 0; count < 64; count++) write(line);
    expect(written.join("")).to.have.length(65_536);
  });
});
