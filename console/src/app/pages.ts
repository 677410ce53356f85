import { BarChart3, BellRing, KeyRound, MessagesSquare, ScrollText, Settings } from 'lucide-react';
import { latePage } from './late-page';

/** The pages, in the order of the menu. Each is loaded when it is first shown. */
export const pages = [
  { name: 'keys', Icon: KeyRound, Page: latePage('keys') },
  { name: 'try', Icon: MessagesSquare, Page: latePage('try') },
  { name: 'usage', Icon: BarChart3, Page: latePage('usage') },
  { name: 'audit', Icon: ScrollText, Page: latePage('audit') },
  { name: 'alerts', Icon: BellRing, Page: latePage('alerts') },
  { name: 'settings', Icon: Settings, Page: latePage('settings') },
] as const;
