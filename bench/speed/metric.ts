/** The sum of a metric's lines that have all of `labels`, in what `/metrics` says; 0: there is none. */
export const metricOf = (exposition: string, name: string, labels: readonly string[] = []): number =>
  exposition
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .filter((line) => labels.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
