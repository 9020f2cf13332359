// Texts that several editors share; none of the community's collections has them.
export default {
  "Create": "新建", "Create new list item": "新增一项", "Delete item": "删除此项", "Toggle list item": "展开或收起此项", "Toggle section": "展开或收起",
  "Section contains edits": "此部分有内容", "Section contains an error": "此部分有错误", "Open pop-up editor": "在大窗口中编辑", "Opened in editor": "已在大窗口中打开",
  "Click to set a dynamic value with FEEL expression": "点击改用 FEEL 表达式", "Click to remove dynamic value with FEEL expression": "点击取消 FEEL 表达式",
  "FEEL expression is mandatory": "此处必须是 FEEL 表达式", "Unparsable FEEL expression.": "FEEL 表达式无法识别。", "Powered by bpmn.io": "由 bpmn.io 提供",
  "Open documentation": "打开说明", "Search in diagram": "在图中查找", "General": "通用", "Condition": "条件", "Key": "键", "Value": "值", "Type": "类型", "ID": "标识", "Label": "名称",
  "Input": "输入", "Output": "输出", "Expression": "表达式", "<none>": "（无）", "<empty>": "（空）", "Version tag": "版本标签", "version tag": "版本标签", "Learn more": "详细说明",
};

/** Texts with a part that changes. */
export const patterns = [
  [/^List contains (\d+) items?$/, (number) => `共 ${number} 项`],
  [/^Create an? (.+) element$/, (name, say) => `添加${say(name)}`],
  [/^Remove (.+)$/, (name, say) => `删除${say(name)}`],
];
