// The few words of our own that scripts say, in the language of the page.
const ENGLISH = {
  '放大': 'Zoom in',
  '缩小': 'Zoom out',
  '全图': 'Whole diagram',
  '当前环节': 'Current step',
  '图形无法显示': 'The diagram cannot be shown',
  '环节说明见下方表格': 'see the table instead',
  '已保存': 'Saved',
  '正在保存': 'Saving',
  '有未保存的修改': 'Changes not saved yet',
  '未能保存': 'Could not be saved',
  '这一步是什么': 'What this step is',
  '登录已过期，请在另一个窗口登录后再保存': 'your session is over: sign in in another window, then save again',
};

export const english = document.documentElement.lang === 'en';

export function say(text) {
  return english ? ENGLISH[text] || text : text;
}
