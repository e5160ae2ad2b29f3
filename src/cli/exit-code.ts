/** What the process ends with (design, "Command line"). */
export const EXIT = { allow: 0, deny: 1, usage: 2, undecided: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
