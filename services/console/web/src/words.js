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
  '正在检查': 'Checking',
};

export const english = document.documentElement.lang === 'en';

export function say(text) {
  return english ? ENGLISH[text] || text : text;
}
