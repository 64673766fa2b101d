// Says at the end of a test run which tests were skipped, and why: the reason stands in the title of their group.
export default class SkipsReporter {
  onRunComplete(_, results) {
    const skipped = new Map()
    for (const file of results.testResults) {
      for (const test of file.testResults) {
        if (test.status !== 'pending') continue
        const titles = [...test.ancestorTitles, test.title]
        const group = titles.find((title) => /skipped/.test(title)) ?? titles[0]
        skipped.set(group, (skipped.get(group) ?? 0) + 1)
      }
    }
    if (skipped.size === 0) return
    console.log('\nSkipped on this machine:')
    for (const [group, count] of [...skipped].sort()) console.log(`  ${count} tests: ${group}`)
  }
}
