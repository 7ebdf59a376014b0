import type { ReactNode } from 'react';

/** Line icons on a 20 × 20 grid, drawn in the text's colour. */
const SHAPES = {
  play: <path d="M6.5 4.2v11.6l9-5.8z" fill="currentColor" />,
  pause: <path d="M7 4.5v11M13 4.5v11" strokeWidth="2.6" />,
  back: <path d="M12.5 5 7.5 10l5 5M5 5v10" />,
  forward: <path d="m7.5 5 5 5-5 5M15 5v10" />,
  undo: <path d="M7 4 3.5 7.5 7 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H7" />,
  redo: <path d="m13 4 3.5 3.5L13 11M16 7.5H8.5a4.5 4.5 0 0 0 0 9H13" />,
  eye: (
    <>
      <path d="M2 10c2-3.6 4.7-5.3 8-5.3s6 1.7 8 5.3c-2 3.6-4.7 5.3-8 5.3S4 13.6 2 10z" />
      <circle cx="10" cy="10" r="2.4" />
    </>
  ),
  eyeOff: (
    <path d="M3.5 3.5l13 13M8 5c.6-.2 1.3-.3 2-.3 3.3 0 6 1.7 8 5.3-.6 1-1.2 1.9-2 2.6M13 14.7c-.9.4-1.9.6-3 .6-3.3 0-6-1.7-8-5.3.8-1.4 1.7-2.5 2.8-3.4M8.3 8.3a2.4 2.4 0 0 0 3.4 3.4" />
  ),
  more: <path d="M4.5 10h.01M10 10h.01M15.5 10h.01" strokeWidth="2.6" />,
  folder: (
    <path d="M2.8 15.7V5.3c0-.6.4-1 1-1h3.9l1.8 2.2h6.7c.6 0 1 .4 1 1v8.2c0 .6-.4 1-1 1H3.8c-.6 0-1-.4-1-1z" />
  ),
  export: <path d="M10 12.5v-9M6.5 6.5 10 3l3.5 3.5M4 11.5v4.3c0 .6.4 1 1 1h10c.6 0 1-.4 1-1v-4.3" />,
  help: (
    <>
      <path d="M7.6 7.4a2.5 2.5 0 1 1 3.5 2.5c-.7.4-1.1.8-1.1 1.7v.3M10 14.6h.01" />
      <circle cx="10" cy="10" r="7.6" />
    </>
  ),
  theme: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor" stroke="none" />
    </>
  ),
  divide: <path d="M10 16.5V12M10 12 4.5 6.5V3.5M10 12l5.5-5.5V3.5" />,
  click: (
    <path d="m8.5 8.5 7.8 3.2-3.4 1.3-1.3 3.4zM8 2.8v2M2.8 8h2M4.3 4.3l1.4 1.4M11.7 4.3l-1.4 1.4M4.3 11.7l1.4-1.4" />
  ),
  minus: <path d="M5 10h10" />,
  plus: <path d="M5 10h10M10 5v10" />,
  layers: <path d="m10 3 7.5 4L10 11 2.5 7zM3 10.3l7 3.7 7-3.7M3 13.6l7 3.7 7-3.7" />,
  close: <path d="m5 5 10 10M15 5 5 15" />,
  chevron: <path d="m5.5 8 4.5 4.5L14.5 8" />,
  check: <path d="m4.5 10.5 3.7 3.7 7.3-8" />,
  warning: <path d="M10 3.2 18 16.8H2zM10 8.2v4M10 14.5h.01" />,
  merge: <path d="M4 4.5c0 4 6 3 6 7.5v4M16 4.5c0 4-6 3-6 7.5M7.5 13.7 10 16.2l2.5-2.5" />,
  outlines: (
    <path
      d="M5 8.3C5 5.4 7.2 3.5 10 3.5c3.5 0 5.5 2.3 5.5 5.5 0 4.2-2.5 7.5-5.7 7.5C6.5 16.5 5 12 5 8.3z"
      strokeWidth="2.2"
    />
  ),
  truth: (
    <>
      <circle cx="10" cy="10" r="7" strokeDasharray="3 2.6" />
      <path d="m6.8 10.3 2.3 2.3 4.2-4.8" />
    </>
  ),
  tag: (
    <>
      <path d="M3 4.2v5c0 .4.2.8.4 1l6.4 6.4c.6.6 1.5.6 2 0l4.8-4.8c.6-.5.6-1.4 0-2L10.2 3.4c-.2-.2-.6-.4-1-.4h-5c-.7 0-1.2.5-1.2 1.2z" />
      <circle cx="6.8" cy="6.8" r="1.1" fill="currentColor" stroke="none" />
    </>
  ),
  reviewed: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="m6.8 10.3 2.3 2.3 4.2-4.8" />
    </>
  ),
  unreviewed: <path d="m4 5 5 5-5 5M10 5l5 5-5 5" />,
  patterns: (
    <>
      <rect x="3" y="3" width="14" height="14" rx="3" />
      <path d="M3.5 12 12 3.5M3.5 16.5l13-13M8 16.5 16.5 8" />
    </>
  ),
  compare: (
    <>
      <rect x="3" y="4.5" width="14" height="11" rx="1.5" />
      <path d="M10 2.5v15" />
      <path d="M10 4.5h5.5c.8 0 1.5.7 1.5 1.5v8c0 .8-.7 1.5-1.5 1.5H10z" fill="currentColor" stroke="none" />
    </>
  ),
  spotlight: (
    <>
      <rect x="2.5" y="4" width="15" height="12" rx="2" />
      <circle cx="10" cy="10" r="3.2" fill="currentColor" stroke="none" />
    </>
  ),
  zoomIn: (
    <>
      <circle cx="9" cy="9" r="5.5" />
      <path d="m13.2 13.2 3.6 3.6M9 6.6v4.8M6.6 9h4.8" />
    </>
  ),
  zoomOut: (
    <>
      <circle cx="9" cy="9" r="5.5" />
      <path d="m13.2 13.2 3.6 3.6M6.6 9h4.8" />
    </>
  ),
  brush: (
    <path d="M16.8 3.2c-3.4 1.6-6.6 4.6-8.6 8l1.6 1.6c3.4-2 6.4-5.2 8-8.6.3-.7-.3-1.3-1-1zM7.6 12c-2 .2-2.6 1.4-2.8 2.6-.2 1-.9 1.6-1.8 1.8 2.6 1 6 .2 6.4-2.6" />
  ),
  lock: (
    <>
      <rect x="4.5" y="9" width="11" height="7.5" rx="1.6" />
      <path d="M7 9V6.5a3 3 0 0 1 6 0V9" />
    </>
  ),
  copy: (
    <path d="M7 7V4.5c0-.6.4-1 1-1h7.5c.6 0 1 .4 1 1V12c0 .6-.4 1-1 1H13M4.5 7H12c.6 0 1 .4 1 1v7.5c0 .6-.4 1-1 1H4.5c-.6 0-1-.4-1-1V8c0-.6.4-1 1-1z" />
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

/** `size` in pixels, at the usual size of text. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={`${size / 16}rem`}
      height={`${size / 16}rem`}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {SHAPES[name]}
    </svg>
  );
}

/** Three overlapping areas, one outlined: what the product does. */
export function Mark() {
  return (
    <svg className="mark" width="1.5rem" height="1.5rem" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M2.5 13.5C2.5 8.5 6 4 10.5 4c3.5 0 5 3 3.5 6.5S9 19.5 6 19.5s-3.5-3-3.5-6z" fill="#56b4e9" />
      <path
        d="M21.5 9c0 5.5-3 11-7.5 11-3 0-4.5-2.5-3.5-5.5S14.5 4 18 4c2.3 0 3.5 2 3.5 5z"
        fill="#f0a202"
        fillOpacity=".88"
      />
      <path
        d="M11.3 18.6c-1.2-.8-1.6-2.4-.8-4.1.8-2.4 2.4-5.7 4.2-7.9.2 1.1 0 2.5-.7 3.9-1 2.3-1.6 5.8-2.7 8.1z"
        fill="#1fb58f"
      />
    </svg>
  );
}
