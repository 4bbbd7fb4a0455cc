export { CallButtons, type CallButtonsProps } from './call-buttons.tsx'
