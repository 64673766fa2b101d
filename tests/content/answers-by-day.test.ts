import { textIndexOn, type Topic } from '../../src/core/model/answer.js'
import { material, said } from '../support/answers.js'

/** What an answer says on a day: every word of `has`, none of `not`. */
type Row = [day: string, has: readonly string[], not?: readonly string[]]

const VI: Partial<Record<Topic, readonly Row[]>> = {
  'de-an-06-la-gi': [
    ['2022-10-24', ['CCCD gắn chip', 'tài khoản Cổng'], ['thẻ căn cước', 'phường Phổ Yên']],
    ['2024-06-30', ['tài khoản Cổng'], ['dùng VNeID vào Cổng']],
    ['2024-07-01', ['thẻ căn cước hoặc CCCD còn hạn', 'dùng VNeID vào Cổng'], ['tài khoản Cổng', 'phường Phổ Yên']],
    ['2025-07-01', ['phường Ba Hàng cũ', 'phường Phổ Yên', '24/10/2022']],
    ['2026-11-24', ['phường Phổ Yên', 'dùng VNeID vào Cổng'], ['tài khoản Cổng']],
  ],
  'nhiem-vu-can-bo-to-truong': [
    ['2022-12-01', ['100% có tài khoản Cổng', 'UBND thành phố', 'Công an thành phố', 'CCCD']],
    ['2024-07-01', ['100% có VNeID mức 2', 'UBND thành phố'], ['tài khoản Cổng']],
    ['2025-02-28', ['qua Công an thành phố']],
    ['2025-03-01', ['Công an thành phố không còn'], ['qua Công an thành phố']],
    ['2025-07-01', ['Công an và UBND thành phố không còn', 'phường Phổ Yên']],
    ['2026-11-24', ['thường trú và tạm trú', 'không gửi qua Zalo', 'phường Phổ Yên'], ['qua Công an thành phố']],
  ],
  'cccd-lam-moi-o-dau': [
    ['2022-12-01', ['CCCD gắn chip', 'Công an thành phố Phổ Yên', '14 tuổi'], ['thẻ căn cước', 'qua mạng']],
    ['2024-07-01', ['thẻ căn cước', 'Công an thành phố Phổ Yên', 'không mất tiền']],
    ['2025-02-28', ['làm với công an thành phố']],
    ['2025-03-01', ['Công an phường Ba Hàng', 'PC06', 'Công an thành phố không còn', 'trụ sở cũ'], ['làm với công an thành phố']],
    ['2025-06-30', ['Công an phường Ba Hàng'], ['Phổ Yên']],
    ['2025-07-01', ['Công an phường Phổ Yên', 'không cần sổ hộ khẩu'], ['Ba Hàng', 'Đặt lịch']],
    ['2026-03-14', [], ['Đặt lịch']],
    ['2026-03-15', ['Đặt lịch trước qua mạng được']],
    ['2026-11-24', ['Công an phường Phổ Yên', 'PC06', 'lấy vân tay'], ['thành phố', 'Ba Hàng']],
  ],
  'cccd-tam-tru': [
    ['2022-12-01', ['thường trú lẫn tạm trú', 'CCCD'], ['thẻ căn cước']],
    ['2024-07-01', ['thẻ căn cước', 'Công an thành phố Phổ Yên', 'khai báo nơi đang ở trước']],
    ['2025-03-01', ['Công an phường Ba Hàng', 'không cần sổ hộ khẩu'], ['thành phố']],
    ['2026-11-24', ['Công an phường Phổ Yên', 'không phải về quê', 'khai báo nơi đang ở trước'], ['thành phố', 'Ba Hàng']],
  ],
  'cccd-luu-dong-tai-nha': [
    ['2025-02-28', ['Công an thành phố cử người', 'tổ trưởng']],
    ['2025-03-01', ['đến nhà', 'Công an phường Ba Hàng'], ['thành phố']],
    ['2026-11-24', ['đến nhà', 'già yếu', 'khuyết tật', 'Công an phường Phổ Yên'], ['thành phố', 'Ba Hàng']],
  ],
  'cccd-doi-sau-sap-nhap': [
    ['2022-12-01', ['thị xã Phổ Yên', 'cấp đổi miễn phí', 'mức 2'], ['phường Phổ Yên']],
    ['2025-02-28', ['Công an thành phố']],
    ['2025-03-01', ['đến ngày hết hạn in trên thẻ'], ['Công an thành phố', 'miễn phí']],
    ['2025-06-30', [], ['phường Phổ Yên']],
    ['2025-07-01', ['Không phải đổi', 'phường Phổ Yên', 'lừa đảo'], ['trong VNeID']],
    ['2025-08-11', ['Không phải đổi'], ['trong VNeID']],
    ['2025-08-12', ['Không phải đổi', 'xin đổi trong VNeID', 'mức 2', '7 ngày làm việc']],
    ['2026-03-15', ['qua mạng', '7 ngày làm việc']],
    ['2026-11-24', ['Không phải đổi', 'phường Phổ Yên', 'lừa đảo', 'Lệ phí bác hỏi'], ['miễn phí', '000đ']],
  ],
  'cccd-het-han-doi-the': [
    ['2022-12-01', ['CMND còn hạn vẫn dùng được', '25, 40 và 60'], ['31/12/2024', 'thẻ căn cước']],
    ['2024-07-01', ['31/12/2024', 'CCCD còn hạn thì không phải đổi', '14, 25, 40, 60', 'dù trên giấy còn hạn']],
    ['2024-12-31', ['chỉ dùng được đến hết'], ['hết giá trị']],
    ['2025-01-01', ['không dùng được nữa', 'CCCD còn hạn thì không phải đổi']],
    ['2025-03-01', ['hết giá trị', 'Công an phường Ba Hàng']],
    ['2026-03-15', ['VNeID', 'không cần giấy xác nhận']],
    ['2026-11-24', ['14, 25, 40, 60', '31/12/2024', 'CCCD còn hạn thì không phải đổi'], ['CMND còn hạn', 'Ba Hàng']],
  ],
  'cccd-mat-hong-cap-lai': [
    ['2022-12-01', ['CCCD', 'trực tiếp', 'Công an thành phố', 'chưa làm qua mạng'], ['thẻ căn cước']],
    ['2024-07-01', ['trực tiếp', 'Công an thành phố', 'đổi sang thẻ căn cước']],
    ['2025-03-01', ['trực tiếp Công an phường Ba Hàng'], ['qua mạng']],
    ['2025-04-30', [], ['qua mạng']],
    ['2025-05-01', ['Thẻ căn cước loại mới, còn hạn', 'qua mạng', 'Thẻ CCCD loại trước']],
    ['2026-03-15', ['hoàn toàn qua mạng', 'hỏi trước']],
    ['2026-11-24', ['hoàn toàn qua mạng', 'Công an phường Phổ Yên', 'đổi sang thẻ căn cước'], ['thành phố', 'Ba Hàng']],
  ],
  'cccd-le-phi': [
    ['2022-12-01', ['miễn phí', 'thị xã Phổ Yên'], ['000đ', 'thẻ căn cước']],
    ['2024-07-01', ['lần đầu không mất tiền'], ['000đ']],
    ['2025-06-30', ['30.000đ', '50.000đ', '70.000đ', '30/6']],
    ['2025-07-01', ['15.000đ', '25.000đ', '35.000đ', '31/12/2025', 'khuyết tật'], ['30.000đ']],
    ['2025-12-31', ['25.000đ']],
    // The sources disagree on 2026: no amount, but whom to ask.
    ['2026-01-01', ['lần đầu không mất tiền', 'hỏi Công an phường Phổ Yên'], ['000đ']],
    ['2026-11-24', ['Trẻ em, người cao tuổi, người khuyết tật, người có công', 'hỏi Công an phường Phổ Yên'], ['000đ']],
  ],
  'cccd-tre-em': [
    ['2024-06-30', ['chưa làm được thẻ CCCD'], ['thẻ căn cước', 'qua mạng']],
    ['2024-07-01', ['không bắt buộc', 'Dưới 6 tuổi chỉ làm qua mạng', '6 đến dưới 14 tuổi', 'bố mẹ đồng ý']],
    ['2025-03-01', ['Công an phường Ba Hàng']],
    ['2026-03-01', [], ['VNeID bản mới']],
    ['2026-11-24', ['VNeID bản mới', 'Dưới 6 tuổi chỉ làm qua mạng', 'Công an phường Phổ Yên'], ['chưa làm được']],
  ],
  'cccd-tra-the-cham': [
    ['2024-06-30', ['giấy hẹn', '1900 0368'], ['7 ngày']],
    ['2026-11-24', ['7 ngày làm việc', 'giấy hẹn', '1900 0368']],
  ],
  'muc1-muc2-khac-nhau': [
    ['2024-06-30', ['không cần mức 1 trước', 'Cổng Dịch vụ công']],
    ['2026-11-24', ['thì cần mức 2', 'không cần làm mức 1 trước', 'không mất tiền', 'Công an phường Phổ Yên']],
  ],
  'vneid-loi-ich-bat-buoc': [
    ['2022-12-01', ['khuyến khích', 'không phạt', 'Thẻ cứng vẫn dùng'], ['thông tin cư trú']],
    ['2025-12-14', ['không bị phạt'], ['thông tin cư trú']],
    ['2025-12-15', ['không có cũng không bị phạt', 'thông tin cư trú', 'giấy hay VNeID']],
  ],
  'khong-smartphone-may-cu': [
    ['2024-06-30', ['vneid.gov.vn', 'không bị phạt', 'mục Yêu cầu'], ['Android', 'iOS']],
    ['2026-11-24', ['Công an phường Phổ Yên', '«Kích hoạt tài khoản»', 'không bị phạt'], ['Android', 'iOS']],
  ],
  'dang-ky-muc1-cac-buoc': [
    ['2022-12-01', ['8 bước', 'CCCD gắn chip', 'Email bỏ trống'], ['thẻ căn cước', '1 ngày làm việc']],
    ['2024-07-01', ['thẻ căn cước hoặc CCCD gắn chip còn hạn', '1 ngày làm việc', '«Bắt đầu»', '«Tôi đã hiểu»']],
  ],
  'nfc-khong-doc-duoc': [
    ['2024-06-30', ['mặt có chip', 'tháo ốp lưng'], ['Vivo']],
    ['2024-07-01', ['Vivo', 'chip hỏng']],
  ],
  'thong-tin-khong-khop': [
    ['2022-12-01', ['công an phường nơi cư trú'], ['phản ánh']],
    ['2026-11-24', ['phản ánh ngay trong VNeID', 'khoan bấm xác nhận']],
  ],
  'dang-ky-muc2-o-dau': [
    ['2022-12-01', ['CCCD gắn chip', 'Công an thành phố'], ['thẻ căn cước']],
    ['2024-07-01', ['thẻ căn cước', 'Công an thành phố']],
    ['2025-03-01', ['công an phường', 'trụ sở cũ'], ['hoặc công an phường']],
    ['2026-11-24', ['công an phường', 'không cần mức 1 trước', 'không mất tiền', 'Tạm trú'], ['thành phố']],
  ],
  'muc2-cho-duyet': [
    ['2022-12-01', ['SMS']],
    ['2024-07-01', ['1 ngày làm việc', '3 ngày làm việc', '7 ngày', '1900 0368']],
  ],
  'kich-hoat-cac-buoc': [
    ['2024-06-30', ['passcode 6 số', '2 câu hỏi bảo mật'], ['7 ngày']],
    ['2024-07-01', ['7 ngày', 'passcode 6 số', '2 câu hỏi bảo mật', 'vneid.gov.vn']],
  ],
  'kich-hoat-qua-han-da-kich-hoat': [
    ['2024-06-30', ['«Đăng nhập»', '1900 0368'], ['7 ngày']],
    ['2024-07-01', ['7 ngày', '1900 0368', '«Quên mật khẩu»']],
  ],
  'tai-khoan-bi-khoa': [
    ['2024-06-30', ['hết hạn'], ['2 ngày làm việc']],
    ['2024-07-01', ['hết hạn', '2 ngày làm việc', '1900 0368']],
  ],
  'doi-so-dien-thoai': [
    ['2022-12-01', ['1900 0368']],
    ['2026-11-24', ['Công an phường Phổ Yên', '1900 0368', 'phím 4']],
  ],
  'dvcqg-la-gi-loi-ich': [
    ['2024-06-30', ['tài khoản của Cổng']],
    ['2024-07-01', ['VNeID mức 2'], ['tài khoản của Cổng', 'đã đóng']],
    ['2025-06-30', [], ['cổng của các tỉnh']],
    ['2025-07-01', ['cổng của các tỉnh đã đóng', 'Trung tâm phục vụ hành chính công']],
  ],
  'dvcqg-dang-nhap-vneid': [
    ['2024-06-30', ['trước đây vẫn vào được', 'Cần mức 2']],
    ['2024-07-01', ['chỉ vào bằng VNeID', 'Cần mức 2'], ['trước đây vẫn vào được']],
  ],
  'dvcqg-tai-khoan-cu': [
    ['2024-06-30', ['vẫn dùng được']],
    ['2024-07-01', ['30/6/2024', 'còn đến 30/6/2025', 'VNeID mức 2'], ['vẫn dùng được']],
    ['2025-07-01', ['ngừng sau 30/6/2024', 'sau 30/6/2025'], ['còn đến']],
  ],
  'phuong-sap-nhap-dia-chi': [
    ['2022-12-01', ['phường của thành phố Phổ Yên'], ['phường Phổ Yên', 'Bãi Bông']],
    ['2025-06-30', ['phường của thành phố Phổ Yên']],
    ['2025-07-01', ['Ba Hàng, Bãi Bông, Hồng Tiến và Đắc Sơn', 'phường Phổ Yên', 'không phải tự sửa', 'Bắc Kạn']],
  ],
  'lien-he-gio-lam-viec': [
    ['2025-02-28', ['Công an thành phố Phổ Yên', '1900 0368', '18001096']],
    ['2025-03-01', ['không còn công an thành phố'], ['làm ở Công an thành phố']],
    ['2026-11-24', ['1900 0368', '18001096', '113'], ['thành phố']],
  ],
  'lua-dao-nhan-biet': [
    ['2022-12-01', ['OTP', '156', '113'], ['sáp nhập']],
    ['2025-07-01', ['sáp nhập không ai phải «cập nhật»', '156', '5656', '113']],
  ],
  'rieng-tu-du-lieu-bot': [
    ['2025-12-31', ['/dulieu', '/xoa'], ['Luật']],
    ['2026-01-01', ['/dulieu', '/xoa', 'Luật']],
  ],
}

const EN: Partial<Record<Topic, readonly Row[]>> = {
  'cccd-lam-moi-o-dau': [
    ['2024-06-30', ['CCCD', 'police of Phổ Yên city'], ['căn cước']],
    ['2024-07-01', ['căn cước', 'police of Phổ Yên city', 'free']],
    ['2025-03-01', ['police of Ba Hàng ward', 'no longer exists'], ['online']],
    ['2026-11-24', ['police of Phổ Yên ward', 'PC06', 'book online'], ['city', 'Ba Hàng']],
  ],
  'cccd-het-han-doi-the': [
    ['2024-06-30', ['CMND in date still works']],
    ['2024-07-01', ['31 December 2024', '14, 25, 40 and 60', 'in date need not be changed']],
    ['2025-01-01', ['CMND cards ended']],
  ],
  'cccd-le-phi': [
    ['2025-07-01', ['15,000đ', '25,000đ', '35,000đ', '31/12/2025']],
    ['2026-01-01', ['first card is free', 'ask the police of Phổ Yên ward'], ['000đ']],
  ],
  'cccd-mat-hong-cap-lai': [
    ['2025-04-30', ['in person'], ['online']],
    ['2025-05-01', ['still in date: apply online', 'Earlier CCCD']],
  ],
  'vneid-loi-ich-bat-buoc': [
    ['2025-12-14', ['nobody is fined'], ['residence information']],
    ['2025-12-15', ['nobody is fined', 'residence information']],
  ],
}

const table = [
  ...Object.entries(VI).map(([topic, rows]) => ({ locale: 'vi' as const, topic, rows })),
  ...Object.entries(EN).map(([topic, rows]) => ({ locale: 'en' as const, topic, rows })),
].flatMap(({ locale, topic, rows }) => rows.map(([day, has, not = []]) => ({ locale, topic, day, has, not })))

const lower = (text: string) => text.toLocaleLowerCase('vi')
const missing = (text: string, words: readonly string[]) => words.filter((word) => !lower(text).includes(lower(word)))

describe('what an answer says on a day', () => {
  test.each(table)('$locale $topic on $day', ({ locale, topic, day, has, not }) => {
    const text = said(topic, day, locale)
    expect({ text, missing: missing(text, has), wrong: not.filter((word) => !missing(text, [word]).length) }).toEqual({
      text,
      missing: [],
      wrong: [],
    })
  })

  test('every row looks for something, and every period of a dated answer is looked at', () => {
    expect(table.filter(({ has, not }) => has.length + not.length === 0)).toEqual([])
    const unseen = [...material.answers.vi].flatMap(([topic, { value }]) => {
      const seen = new Set((VI[topic as Topic] ?? []).map(([day]) => textIndexOn(value.texts, day)))
      return value.texts.length < 2 ? [] : value.texts.filter((_, i) => !seen.has(i)).map(({ from }) => `${topic} ${from}`)
    })
    expect(unseen).toEqual([])
  })
})
