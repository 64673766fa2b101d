import { isGenuineApproval, scamIn } from '../../src/core/language/scam.js'
import { loadWorld } from '../support/world.js'

const GENUINE =
  'Cuc Canh sat QLHC ve TTXH thong bao: Ho so dang ky tai khoan dinh danh dien tu cua cong dan Nguyen Van A da duoc phe duyet. De nghi truy cap ung dung VNeID hoac dia chi https://VNeID.gov.vn de kich hoat tai khoan.'
const { world } = loadWorld()
beforeAll(() => void world.language.understand('mã otp không về'), 120_000)

describe('a pasted message is held against the one genuine form', () => {
  test('the form itself is genuine, whoever it is about', () => {
    expect(isGenuineApproval(GENUINE)).toBe(true)
    expect(isGenuineApproval(GENUINE.replace('Nguyen Van A', 'Tran Thi B').toUpperCase())).toBe(true)
    expect(scamIn(GENUINE)).toBeNull()
    expect(world.language.scamIn(GENUINE)).toBeNull()
    expect(world.language.understand(GENUINE)).toMatchObject({ kind: 'topic', topic: 'tin-nhan-phe-duyet' })
  })

  test.each([
    ['another link', GENUINE.replace('https://VNeID.gov.vn', 'https://vneid-gov.com')],
    ['one more link', `${GENUINE} Xem http://bit.ly/abc`],
    ['a number to call', `${GENUINE} Lien he ⟦phone⟧`],
    ['the sender with other words', 'Cuc Canh sat QLHC thong bao tai khoan cua ban bi khoa, bam vao vneid.top'],
  ])('with %s it is a scam', (_, text) => expect(world.language.scamIn(text)).toBe('message'))
})

test.each([
  ['có người gọi xưng công an bảo đọc mã otp'],
  ['co nguoi goi bao la cong an phuong keu cai app qua link'],
  ['nó gửi file apk qua zalo bảo cài'],
  ['họ bảo tôi cài teamviewer'],
  ['tôi lỡ bấm vào link lạ rồi mất hết tiền trong tài khoản'],
  ['web dichvucong.bvgov.com có phải thật không'],
  ['a police officer called and asked me for the otp code'],
])('a story is told: %s', (text) => expect(world.language.scamIn(text)).not.toBeNull())

test.each([
  ['làm sao nhận biết lừa đảo'],
  ['vào dichvucong.gov.vn đăng nhập thế nào'],
  ['mã otp không về'],
  ['quên mật khẩu rồi'],
  ['tải vneid ở đâu'],
  ['xong rồi'],
  ['email của tôi là a@gmail.com có cần không'],
])('no story is told: %s', (text) => expect(world.language.scamIn(text)).toBeNull())
