/** What the phone can be told: the part of sync/problems.py that an officer may meet. */

export type Details = Readonly<Record<string, unknown>>;

/** A refusal by code; its sentence is made by `problemText`, where it is shown. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly code: string,
    readonly details: Details = {},
  ) {
    super(`${code} ${JSON.stringify(details)}`);
  }
}

/** code: what is so, and what to do next. The words are those of the server's table. */
const TEXTS: Readonly<Record<string, readonly [string, string]>> = {
  bad_signature: ['记录的签名与设备密钥不符。', '记录已留存，由主管核实。'],
  unknown_case: ['没有编号为 {case} 的贷款。', '记录已留存，由主管核对编号。'],
  receipt_no_collision: ['收据 {receipt_no} 用于两笔收款。', '两张都保留，现金都要交，由主管核实。'],
  amount_invalid: [
    '金额不对：{rule}。',
    '请重新点钞，输入到分为止的金额，例如 600 或 600.50。',
  ],
  parts_mismatch: [
    '各项之和 {parts_fen} 分与总额 {amount_fen} 分不等。',
    '请核对本金、利息、罚息和费用。',
  ],
  notice_presigned: [
    '签收日期 {signed_on} 早于通知书制作日期 {made_on}。',
    '不得预先签名。请重新制作通知书，当面签收。',
  ],
  body_invalid: ['{field} 不符合要求（{rule}）。', '记录已留存，由主管核实。'],
  schema_unknown: ['不认识这种记录：{kind} 第 {sv} 版。', '记录已留存，服务器更新后再处理。'],
  revoked_device: ['记录来自已停用的设备。', '记录已留存，由主管核实。'],
  plan_edit_out_of_scope: ['这项改动超出本次任务范围。', '请联系主管调整任务。'],
  void_after_deposit: [
    '收据 {receipt_no} 的现金已交出纳，不能作废。',
    '请由出纳办理冲正。',
  ],
  number_not_in_book: [
    '收据号 {receipt_no} 不在本机领用的收据本内。',
    '记录已留存，由主管核实。',
  ],
  need_never_came: [
    '所依据的记录（{needs}）四十八小时内没有到。',
    '记录已留存；所缺的记录到了会自动处理，否则由主管核实。',
  ],
  internal_error: ['服务器出错，记录已留存。', '请稍后再看；技术人员已收到通知。'],
  no_numbers_left: ['本机收据号已用完。', '不要收现金。请向出纳领用新的收据本。'],
  over_receipt_limit: [
    '单张收据 {amount_fen} 分超过上限 {max_fen} 分。',
    '请陪同客户到网点办理。',
  ],
  over_hand_limit: [
    '收下后手中现金 {would_be_fen} 分，超过上限 {max_fen} 分。',
    '请先把手中现金交给出纳。',
  ],
  quiet_hours: ['现在不在允许上门的时间（{visit_from}–{visit_to}）。', '请在允许的时间再来。'],
  signer_may_not_sign: [
    '{signer_role} 无权代签，不算签回。',
    '请由本人、同住成年亲属（写明关系）或受托人签收。',
  ],
  event_too_large: ['这条记录超过 {max_bytes} 字节。', '请缩短文字或重新签名。'],
  not_enrolled: ['手机还没有登记。', '请输入主管给的登记码。'],
  code_unknown: ['登记码无效。', '请核对八位登记码，或向主管要一个新的。'],
  code_expired: ['登记码已过期。', '请向主管要一个新的登记码。'],
  code_used: [
    '登记码已被使用。',
    '请向主管要一个新的登记码；如果不是本人用的，马上告诉主管。',
  ],
  rate_limited: ['尝试次数太多。', '请等 {wait_s} 秒再试。'],
  device_revoked: ['这台设备已被停用。', '手机里的记录照样上传留存；请联系主管。'],
  server_busy: ['服务器正忙，这一批没有写入。', '手机会自动再试，不会丢失。'],
  answer_not_believed: [
    '服务器的回执没有通过核对（{rule}）。',
    '记录仍在手机上。请换一个网络再同步。',
  ],
};

/** The sentences of a code: what is so, what to do next. Null for a code it does not know. */
export function problemText(code: string, details: Details = {}): readonly [string, string] | null {
  const found = Object.hasOwn(TEXTS, code) ? TEXTS[code] : undefined;
  return found ? [fill(found[0], details), fill(found[1], details)] : null;
}

/** A detail that was not given shows as a dash. */
function fill(template: string, details: Details): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? '—'));
}
