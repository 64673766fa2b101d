import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { bundle, type Ended, removeBundles, run } from '../support/children.js'

let program: string
beforeAll(() => void (program = bundle('src/cli/chat.ts', { whole: true })))
afterAll(removeBundles)

const chat = (args: readonly string[], lines: readonly string[], env = {}): Promise<Ended> =>
  run(program, { args, input: lines.map((line) => `${line}\n`).join(''), env })

describe('the chat in the terminal', () => {
  test('greets, is answered by numbers and words, and ends with the input', async () => {
    const { status, stdout, stderr } = await chat(['--start', 'vneid-level-1_g5'], ['1', 'Bác', '1', 'xong', '/tiendo'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('Hoa Sen')
    expect(stdout).toMatch(/^1 Đồng ý, bắt đầu\n2 /m)
    expect(stdout).toContain('Tiến độ của')
  })

  test('speaks English when asked to', async () => {
    const { stdout } = await chat(['--en'], ['yes', '/quit', 'never read'])
    expect(stdout).toMatch(/agree/i)
    expect(stdout).not.toContain('Đồng ý')
  })

  test('--repro prints the talk as a test case at the end', async () => {
    const lines = ['đồng ý', 'Bác', '1', 'xong: "rồi"', 'thống kê']
    const { status, stdout } = await chat(['--repro', '--start', 'vneid-level-1_g5'], lines)
    expect(status).toBe(0)
    const [, text] = stdout.split('# tests/conversations/…\n')
    const repro = parse(text!) as { title: string; locale: string; talk: Record<string, unknown>[] }
    expect(repro.locale).toBe('vi')
    expect(repro.talk[0]).toMatchObject({ start: 'vneid-level-1_g5' })
    expect(repro.talk.slice(1).map(({ say }) => say)).toEqual(lines)
    for (const { expect: expected } of repro.talk)
      expect(expected).toMatchObject({ has: [expect.any(String)], options: expect.any(Number) })
  })

  test('--head makes whoever sits there the head of a group of made-up people', async () => {
    const { status, stdout, stderr } = await chat(['--head', '5'], ['/to', '/thongke', '/nhac', '/quit'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('you are the head of group 5')
    expect(stdout).toMatch(/tổ trưởng[^]*Tổ 5/i)
    expect(stdout).toMatch(/\d+\/\d+ người xong/)
    expect(stdout).toContain('Nhắc')
    expect(stdout).not.toContain('tổ trưởng và cán bộ')
  })

  test.each([
    [['--head', '999'], 'must be a group of the demo ward: 1, 2'],
    [['--head'], '--head must be a whole number'],
    [['--head', '5', '--repro'], '--head stands alone'],
  ])('%j is refused in one sentence', async (args, why) => {
    const { status, stderr } = await chat(args, [])
    expect(status).toBe(2)
    expect(stderr).toContain(why)
    expect(stderr).not.toMatch(/\bat .*:\d+:|node:internal/)
  })

  test('--head never opens a real ward', async () => {
    const real = mkdtempSync(join(tmpdir(), 'ward-real-'))
    try {
      cpSync('content', real, { recursive: true })
      cpSync(join(real, 'ward.yaml'), join(real, 'ward.demo.yaml'))
      const { status, stdout, stderr } = await chat(['--head', '5'], ['/to'], { CONTENT_DIR: real })
      expect(status).toBe(1)
      expect(stderr).toContain('this ward is real')
      expect(stdout).not.toMatch(/người xong/)
    } finally {
      rmSync(real, { recursive: true })
    }
  })

  test('a broken guide is told in plain words', async () => {
    const { status, stdout, stderr } = await chat([], [], { FLOWS_DIR: '/nowhere' })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/\/nowhere.*no flow files/)
    expect(stderr).not.toMatch(/\bat .*:\d+:|node:internal/)
  })
})
