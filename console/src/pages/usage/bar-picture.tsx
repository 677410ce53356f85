import { BarChart, type BarChartProps } from '@mantine/charts';
import type { ReactNode } from 'react';
import { Picture } from './picture';

export interface BarPictureProps extends BarChartProps {
  readonly name: string;
}

/** Loaded when the first chart is drawn: it is as much as the rest of the page. */
export default function BarPicture({ name, ...chart }: BarPictureProps): ReactNode {
  return (
    <Picture name={name}>
      <BarChart {...chart} />
    </Picture>
  );
}
