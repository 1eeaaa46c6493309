// Tokens on a diagram: a person decides at gateways and sees where a case would go. It explains; walks prove.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import TokenSimulation from 'bpmn-js-token-simulation/lib/viewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css';
import './viewer.css';
import './simulation.css';
import { english, say } from './words.js';

/** The simulation has its words in itself, in English alone; titles may end with a number. */
const CHINESE = {
  'Token Simulation': '推演', 'Play Simulation': '继续推演', 'Pause Simulation': '暂停推演', 'Reset Simulation': '重新推演',
  'Play/Pause Simulation': '继续或暂停', 'Toggle Simulation Log': '推演记录', 'Simulation Log': '推演记录', 'No Entries': '还没有记录',
  'Set Sequence Flow': '选择去向', 'Trigger Event': '触发', 'Add pause point': '在此停一停', 'Remove pause point': '不再停留',
  'Finished': '结束', 'Not supported': '不能推演', 'Found unsupported elements': '图中有不能推演的元素', 'Process': '流程',
  'Focus process instance': '只看这一件', 'Set animation speed = Slow': '速度：慢', 'Set animation speed = Normal': '速度：中', 'Set animation speed = Fast': '速度：快',
  'Process started': '流程开始', 'Process finished': '流程结束', 'Process canceled': '流程取消', 'Start Event': '开始', 'End Event': '结束',
  'Exclusive Gateway': '排他网关', 'Parallel Gateway': '并行网关', 'Inclusive Gateway': '包容网关', 'User Task': '人工任务',
  'Service Task': '服务任务', 'Receive Task': '接收任务', 'Send Task': '发送任务', 'Manual Task': '手工任务', 'Script Task': '脚本任务',
  'Business Rule Task': '业务规则任务', 'Call Activity': '调用活动', 'Task': '任务', 'Boundary Event': '边界事件',
  'Intermediate Event': '中间事件', 'Message Flow': '消息流', 'Slow': '慢', 'Normal': '中', 'Fast': '快',
};

function chinese(text) {
  const words = text.trim(), known = Object.keys(CHINESE).find((one) => words === one || (words.startsWith(`${one} `) && one.length > 8));
  return known ? text.replace(known, CHINESE[known]) : text;
}

function translate(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const said = chinese(node.data);
    if (said !== node.data) node.data = said;
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE || node.tagName === 'text') return;
  if (node.title) node.title = chinese(node.title);
  node.childNodes.forEach(translate);
}

function translateAll(container) {
  translate(container);
  new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(translate)))
    .observe(container, { childList: true, subtree: true });
}

async function begin() {
  const box = document.getElementById('simulation');
  if (!box) return;
  const viewer = new NavigatedViewer({ container: box, additionalModules: [TokenSimulation] });
  try {
    await viewer.importXML(await (await fetch(box.dataset.source)).text());
  } catch (error) {
    viewer.destroy();
    box.textContent = `${say('图形无法显示')}：${error.message}`;
    return;
  }
  if (!english) translateAll(box);
  viewer.get('canvas').zoom('fit-viewport', 'auto');
  if (viewer.get('canvas').zoom() < 0.5) viewer.get('canvas').zoom(0.6, { x: 0, y: 0 });
  viewer.get('toggleMode').toggleMode(true);
  box.viewer = viewer;
  box.dataset.ready = 'true';
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
else begin();
