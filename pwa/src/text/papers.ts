/**
 * The words of the collection notice: a paper of the institution, in Chinese in every language.
 *
 * Approved templates (R1, R11). The one for a debt past its limitation period asks for nothing,
 * and has a line of its own for those who agree to perform. A line whose {word} is not known is
 * left out.
 */

const OPENING = [
  '编号：{no}',
  '{role} {addressee}：',
  '{whose}向{institution}借款，情况如下：',
  '合同号：{contract_no}',
  '借款日：{loan_on}',
  '到期日：{due_on}',
  '余额日期：{as_of}',
  '本金余额：{principal}',
  '利息：{interest}',
  '罚息：{penalty}',
  '费用：{cost}',
  '各项金额以本机构系统登记为准，此后的利息另按合同计算。',
];

const CLOSING = [
  '还款方式：到本机构网点柜面；或当面交付现金，并当场索取带编号的收据。除此之外请勿向任何个人付款。',
  '如对金额或本通知有疑问，可以查询、提出异议或投诉，电话：{contact}。',
  '本通知中的个人信息仅用于本笔贷款的管理。',
  '{institution}　{made_on}',
  '经办人：{officers}',
];

const SLIP = ['回执：本人已收到编号相同的本通知书。（签名）'];
const SLIP_AGREES = ['另行签名：本人确认上述债务并同意还款。（自愿，可不签）'];

export const papers = {
  'notice-standard': [
    '逾期贷款催收通知书',
    ...OPENING,
    '该笔贷款已到期，请您自收到本通知之日起十五日内到本机构网点清偿，或联系经办人商定还款安排。',
    '逾期仍未清偿或商定的，本机构可依照合同和法律通过诉讼等途径主张权利。',
    ...CLOSING,
    ...SLIP,
    ...SLIP_AGREES,
  ],
  'notice-guarantor': [
    '担保人履行责任通知书',
    ...OPENING,
    '该笔贷款已到期未清偿。现书面请求您在保证期间内按保证合同承担保证责任。',
    ...CLOSING,
    ...SLIP,
  ],
  'notice-expired': [
    '贷款情况告知书',
    ...OPENING,
    '按本机构登记，该笔贷款的诉讼时效期间可能已经届满。是否继续履行，由您自愿决定。',
    ...CLOSING,
    '第一行：本人收到本告知书，不表示同意履行。（签名）',
    '第二行：本人自愿同意履行上述债务。（自愿，另行签名，可不签）',
  ],
  receipt: {
    title: '收　据',
    copy: '客户联（电子）',
    part: { principal: '本金', interest: '利息', penalty: '罚息', cost: '费用' },
    pays: '还{0}',
    payer: '交款人',
    onBehalfOf: '代为偿还',
    borrower: '借款人',
    loan: '合同号',
    method: '方式',
    methods: { cash: '现金', transfer: '转账', cheque: '支票' },
    place: '地点',
    officers: '收款人',
    when: '时间',
    signature: '交款人签名',
    unsigned: '（未签名）',
    voided: '作　废',
    basis: '抵充次序：{0}（《民法典》第五百六十一条；另有约定的从约定），以系统入账为准。',
    agreed: '抵充次序：{0}（按约定），以系统入账为准。',
    balance: '收款后余额：本金 {0}，利息 {1}。按 {2} 导入的余额计算，以入账为准。',
    check: '真伪请自行查验：扫码，或打开 {0} 输入收据号和后四位校验码。',
  },
  sms:
    '【{0}】已收到还款{1}，收据号{2}，{3}。查验：{4} （信贷员上传后可查，一般当天晚上）。' +
    '有疑问请致电{5}。',
  role: { borrower: '借款人', guarantor: '保证人' },
  self: '您',
  guaranteed: '您提供保证的{0}',
  date: '{0}年{1}月{2}日',
  byBooks: '以系统登记为准',
  words: '（大写：{0}）',
};
