/**
 * The words of the collection notice: a paper of the institution, always in Chinese.
 *
 * Two approved templates (R1, R11). The one for a debt past its limitation period threatens
 * nothing, and has a line of its own for those who agree to perform.
 */

import { capitals } from '../sync/capitals';
import { formatYuan } from '../sync/amounts';

export const TEMPLATE_VERSION = 1;

export type Template = 'notice-standard' | 'notice-expired';

export interface NoticeFields {
  readonly no: string;
  readonly institution: string;
  readonly contact: string | null;
  readonly addressee: string;
  readonly role: 'borrower' | 'co_borrower' | 'guarantor';
  readonly borrower: string;
  readonly contract_no: string | null;
  readonly loan_on: string | null;
  readonly due_on: string | null;
  readonly principal_fen: number | null;
  readonly interest_fen: number | null;
  readonly penalty_fen: number | null;
  readonly cost_fen: number | null;
  readonly as_of: string | null;
  readonly made_on: string;
  readonly officers: string;
}

const ROLE = { borrower: '借款人', co_borrower: '共同借款人', guarantor: '保证人' } as const;

const yuan = (fen: number | null): string => (fen === null ? '以系统登记为准' : `¥${formatYuan(fen)}`);

function dayWords(day: string | null): string {
  const [year, month, date] = (day ?? '').split('-').map(Number);
  return year && month && date ? `${year}年${month}月${date}日` : '（合同记载为准）';
}

function amounts(fields: NoticeFields): string[] {
  const { principal_fen: principal, interest_fen, penalty_fen, cost_fen, as_of } = fields;
  const words = principal === null ? '' : `（大写：${capitals(principal)}）`;
  return [
    `截至${dayWords(as_of)}，该笔贷款：`,
    `本金余额 ${yuan(principal)}${words}`,
    `利息 ${yuan(interest_fen)}`,
    ...(penalty_fen ? [`罚息 ${yuan(penalty_fen)}`] : []),
    ...(cost_fen ? [`费用 ${yuan(cost_fen)}`] : []),
    '各项金额以本机构系统登记为准，此后的利息另按合同计算。',
  ];
}

function opening(fields: NoticeFields, title: string): string[] {
  const { role, borrower } = fields;
  const about = role === 'guarantor' ? `您提供保证的${borrower}` : '您';
  return [
    title,
    `编号：${fields.no}`,
    `${ROLE[role]} ${fields.addressee}：`,
    `${about}于${dayWords(fields.loan_on)}向${fields.institution}借款` +
      `（合同号 ${fields.contract_no ?? '见借据'}），到期日${dayWords(fields.due_on)}。`,
    ...amounts(fields),
  ];
}

const demand = (fields: NoticeFields): string[] =>
  fields.role === 'guarantor'
    ? ['该笔贷款已到期未清偿。现书面请求您在保证期间内按保证合同承担保证责任。']
    : [
        '该笔贷款已到期，请您自收到本通知之日起十五日内到本机构网点清偿，或联系经办人商定还款安排。',
        '逾期仍未清偿或商定的，本机构可依照合同和法律通过诉讼等途径主张权利。',
      ];

const closing = (fields: NoticeFields): string[] => [
  '还款方式：到本机构网点柜面；或当面交付现金，并当场索取带编号的收据。除此之外请勿向任何个人付款。',
  `如对金额或本通知有疑问，可以查询、提出异议或投诉，电话：${fields.contact ?? '见网点公告'}。`,
  '本通知中的个人信息仅用于本笔贷款的管理。',
  `${fields.institution}　${dayWords(fields.made_on)}`,
  `经办人：${fields.officers}`,
];

export function noticeText(template: Template, fields: NoticeFields): string {
  if (template === 'notice-standard') {
    return [
      ...opening(fields, '逾期贷款催收通知书'),
      ...demand(fields),
      ...closing(fields),
      '回执：本人已收到编号相同的本通知书。（签名）',
      '另行签名：本人确认上述债务并同意还款。（自愿，可不签）',
    ].join('\n');
  }
  return [
    ...opening(fields, '贷款情况告知书'),
    '按本机构登记，该笔贷款的诉讼时效期间可能已经届满。是否继续履行，由您自愿决定。',
    ...closing(fields),
    '第一行：本人收到本告知书，不表示同意履行。（签名）',
    '第二行：本人自愿同意履行上述债务。（自愿，另行签名，可不签）',
  ].join('\n');
}
